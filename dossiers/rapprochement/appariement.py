"""A dossier meets the catalogue: every aide, its outcome, its proof and its estimate."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from aides.conditions import conditions
from aides.criteres.arbre import Critere
from aides.criteres.echange import EchangeInvalide, lire_sources
from aides.criteres.evaluation import (
    Issue,
    Preuve,
    Referentiel,
    Situation,
    evaluer,
    issue,
)
from aides.criteres.faits import Faits, completer
from aides.models import Aide, VersionAide
from aides.montants import Estimation, Regle, estimer, lire_regles
from territoires.zones import ReferentielZones

journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AideAppariee:
    """The outcome of one aide for one dossier, with its proof."""

    version: VersionAide
    issue: Issue
    preuve: Preuve
    estimation: Estimation


@dataclass(frozen=True, slots=True)
class AideEcartee:
    """An aide whose stored criteria cannot be read: it is out, the others still match."""

    version: VersionAide
    motif: str


@dataclass(frozen=True, slots=True)
class Appariement:
    """One dossier against a catalogue, on the day `le`; `faits` are completed."""

    le: date
    faits: Faits
    aides: tuple[AideAppariee, ...]
    ecartees: tuple[AideEcartee, ...]
    situation: Situation

    def par_issue(self) -> dict[Issue, list[AideAppariee]]:
        """The aides of each outcome; every outcome is a key, in the order people read them."""
        groupes: dict[Issue, list[AideAppariee]] = defaultdict(list)
        for aide in self.aides:
            groupes[aide.issue].append(aide)
        return {nom: groupes[nom] for nom in Issue}


def versions_ouvertes(le: date) -> list[VersionAide]:
    """The published versions that can be asked for on that day, in a stable order.

    A record that completes another one is no aide of its own.
    """
    ouvertes = Aide.objects.ouvertes(le).filter(version__complete="").with_version()
    return [aide.version for aide in ouvertes.order_by("code") if aide.version is not None]


def precisions_ouvertes(le: date) -> list[VersionAide]:
    """The open records that `versions_ouvertes` leaves out: each completes another aide."""
    ouvertes = Aide.objects.ouvertes(le).exclude(version__complete="")
    aides = ouvertes.select_related("version__aide").order_by("code")
    return [aide.version for aide in aides if aide.version is not None]


def apparier(
    faits: Faits,
    versions: Iterable[VersionAide],
    le: date,
    referentiel: Referentiel | None = None,
) -> Appariement:
    """Match declared facts against versions, on the day `le`.

    The tree of a version is read once per process: versions never change.
    """
    referentiel = referentiel or ReferentielZones.au(le)
    complets = completer(faits, le)
    situation = Situation(complets, referentiel)
    aides: list[AideAppariee] = []
    ecartees: list[AideEcartee] = []
    for version in versions:
        try:
            lue = lire_version(version)
            preuve = evaluer(lue.criteres, situation)
            trouvee = issue(preuve)
            # A project that an aide refuses is promised nothing by it.
            regles = () if trouvee is Issue.NON_ELIGIBLE else lue.regles
            estimation = estimer(regles, situation)
        except (EchangeInvalide, LookupError, TypeError, ArithmeticError) as erreur:
            journal.error("Aide %s, version %s : %s", version.aide_id, version.numero, erreur)
            ecartees.append(AideEcartee(version, str(erreur)))
        else:
            aides.append(AideAppariee(version, trouvee, preuve, estimation))
    return Appariement(le, complets, tuple(aides), tuple(ecartees), situation)


@dataclass(frozen=True, slots=True)
class VersionLue:
    """A version as the language reads it: its tree and its rules of amount."""

    criteres: Critere
    regles: tuple[Regle, ...]


#: (primary key, content hash) -> the version as read: versions are immutable.
_LUES: dict[tuple[int, str], VersionLue] = {}


def lire_version(version: VersionAide) -> VersionLue:
    """The tree and the rules of a version, read once per process when it is stored.

    Raises EchangeInvalide when its stored criteria cannot be read.
    """
    cle = (version.pk, version.empreinte)
    if version.pk is not None and cle in _LUES:
        return _LUES[cle]
    sources = lire_sources(version.sources)
    lue = VersionLue(conditions(version), lire_regles(version.montants, sources))
    if version.pk is not None:
        _LUES[cle] = lue
    return lue
