"""The published catalogue as matching reads it: trees, rules of amount, and one circuit for all.

It is read and compiled once per process, and again when what is published changes: versions are
immutable, so that a change of the catalogue is a change of the set of published versions, which
one query tells (`Empreinte`). Every published version is compiled, whatever its dates: which of
them can be asked for on a day is decided by each match.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Max, Sum

from aides.conditions import conditions
from aides.criteres.arbre import Critere, Non, Situe, Tous, Un
from aides.criteres.circuit import Circuit, Emplacements
from aides.criteres.compilation import compiler
from aides.criteres.echange import EchangeInvalide, lire_sources
from aides.echange import AideLue, version_de
from aides.models import Aide, VersionAide
from aides.montants import Regle, lire_regles
from territoires.normalisation import normaliser

journal = logging.getLogger(__name__)
#: What reading a version that was not stored by `publier_aides` can raise.
ILLISIBLE = (EchangeInvalide, LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


@dataclass(frozen=True, slots=True)
class Entete:
    """What lists need of a version without loading it; `pk` and `aide`, its primary key and that
    of its aide, are zero when it is not stored.
    """

    pk: int
    aide: int
    code: str
    titre: str
    #: The title as lists are sorted by.
    tri: str
    statut: str
    voie: str
    natures: frozenset[str]
    complete: str
    ouverture: date | None
    cloture: date | None

    def ouverte(self, le: date) -> bool:
        """Whether it can be asked for on that day: the same as `AideQuerySet.ouvertes`."""
        return (
            self.statut != VersionAide.Statut.CLOSE
            and (self.ouverture is None or self.ouverture <= le)
            and (self.cloture is None or le <= self.cloture)
        )

    @property
    def externe(self) -> bool:
        return self.voie == VersionAide.Voie.EXTERNE


@dataclass(frozen=True, slots=True)
class VersionLue(Entete):
    """A version whose tree and rules of amount could be read."""

    criteres: Critere
    regles: tuple[Regle, ...]


@dataclass(frozen=True, slots=True)
class AideEcartee(Entete):
    """A version that cannot be read: it is out, the others still match."""

    motif: str


class Empreinte(NamedTuple):
    """What is published: how many versions, the newest, and the sum of their keys, which tells
    apart a publication that another transaction committed late."""

    nombre: int
    derniere: int
    somme: int


# ------------------------------------------------------------------ one version

#: (primary key, content hash) -> the version as read: versions are immutable.
_LUES: dict[tuple[int, str], VersionLue] = {}


def lire_version(version: VersionAide) -> VersionLue:
    """The tree and the rules of a version, read once per process when it is stored.

    Raises one of ILLISIBLE when what is stored cannot be read.
    """
    cle = (version.pk, version.empreinte)
    if version.pk is not None and cle in _LUES:
        return _LUES[cle]
    regles = lire_regles(version.montants, lire_sources(version.sources))
    lue = VersionLue(**_entete(version), criteres=conditions(version), regles=regles)
    if version.pk is not None:
        _LUES[cle] = lue
    return lue


def versions_lues(lues: Iterable[AideLue]) -> list[VersionAide]:
    """The aides of an exchange file as versions that are not stored, in its order."""
    versions = []
    for lue in lues:
        version = version_de(lue.document)
        version.aide = Aide(code=lue.code, identifiant=lue.document["identifiant"])
        versions.append(version)
    return versions


def _entete(version: VersionAide) -> dict[str, Any]:
    """The fields of `Entete`."""
    return {
        "pk": version.pk or 0,
        "aide": version.aide_id or 0,
        "code": version.aide.code,
        "titre": version.titre,
        "tri": normaliser(version.titre),
        "statut": version.statut,
        "voie": version.voie,
        "natures": frozenset((version.nature, *version.natures_secondaires)),
        "complete": version.complete,
        "ouverture": version.ouverture,
        "cloture": version.cloture,
    }


# ------------------------------------------------------------------ the whole of them


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Versions in the order of their codes, those that cannot be read, and the circuit of the
    former.

    `conditions` are the slots of what each version demands, one condition after the other, those
    of version `n` from `debuts[n]` on; `lieux` tells which speak of the project's place.
    """

    empreinte: Empreinte
    versions: tuple[VersionLue, ...]
    ecartees: tuple[AideEcartee, ...]
    circuit: Circuit
    conditions: Emplacements
    debuts: npt.NDArray[np.intp]
    lieux: npt.NDArray[np.bool_]


def composer(versions: Iterable[VersionAide]) -> Catalogue:
    """The catalogue of these versions; one that cannot be read is left out, and says why."""
    lues: list[VersionLue] = []
    ecartees: list[AideEcartee] = []
    for version in versions:
        try:
            lues.append(lire_version(version))
        except ILLISIBLE as erreur:
            motif = str(erreur) or type(erreur).__name__
            journal.error("Aide %s, version %s : %s", version.aide.code, version.numero, motif)
            ecartees.append(AideEcartee(**_entete(version), motif=motif))
    toutes = (*lues, *ecartees)
    directes = [tuple(_directes(lue.criteres)) or (lue.criteres,) for lue in lues]
    aplaties = [condition for siennes in directes for condition in siennes]
    # A condition of an aide is a part of its tree: it has its slot already.
    circuit = compiler([*(lue.criteres for lue in lues), *aplaties])
    return Catalogue(
        empreinte_de([entete.pk for entete in toutes]),
        tuple(lues),
        tuple(ecartees),
        replace(circuit, racines=circuit.racines[: len(lues)]),
        circuit.racines[len(lues) :],
        np.cumsum([0, *(len(siennes) for siennes in directes[:-1])], dtype=np.intp),
        np.array([_de_lieu(condition) for condition in aplaties], dtype=np.bool_),
    )


def _directes(critere: Critere) -> Iterator[Critere]:
    """The conditions that must all be met, each as one."""
    if isinstance(critere, Tous):
        for enfant in critere.criteres:
            yield from _directes(enfant)
    else:
        yield critere


def _de_lieu(critere: Critere) -> bool:
    """Whether failing this condition means that the project lies elsewhere."""
    match critere:
        case Situe("commune_projet") | Non(Situe("commune_projet")):
            return True
        case Un(criteres):
            return any(_de_lieu(enfant) for enfant in criteres)
        case _:
            return False


def empreinte_de(cles: Collection[int]) -> Empreinte:
    return Empreinte(len(cles), max(cles, default=0), sum(cles))


# ------------------------------------------------------------------ the one of this process


class _Processus:
    """The catalogue that this process compiled last; who replaces it holds the lock."""

    def __init__(self) -> None:
        self.catalogue: Catalogue | None = None
        self.verrou = Lock()


_ici = _Processus()


def catalogue() -> Catalogue:
    """The published catalogue, compiled when it changed since this process last looked.

    One query as long as nothing was published. Threads that meet a new catalogue together wait
    for one of them to compile it.
    """
    vue = _publiee()
    actuel = _ici.catalogue
    if actuel is None or actuel.empreinte != vue:
        with _ici.verrou:
            actuel = _ici.catalogue
            if actuel is None or actuel.empreinte != vue:
                actuel = _ici.catalogue = composer(_versions_publiees())
    return actuel


def _publiee() -> Empreinte:
    publiees = Aide.objects.publiees().aggregate(Count("pk"), Max("version"), Sum("version"))
    return Empreinte(*(valeur or 0 for valeur in publiees.values()))


def _versions_publiees() -> list[VersionAide]:
    aides = Aide.objects.publiees().select_related("version__aide").order_by("code")
    lourds = ("version__description", "version__texte", "version__recherche")
    return [aide.version for aide in aides.defer(*lourds) if aide.version is not None]
