"""The rehearsal: what publishing would do to the stored dossiers. Pure reading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aides.criteres.arbre import Critere
from aides.criteres.echange import Json
from aides.criteres.evaluation import Issue, Preuve, Situation, evaluer, issue
from aides.criteres.faits import completer
from aides.criteres.preuves import preuve_json
from aides.criteres.valeurs import depuis_json
from aides.models import VersionAide
from aides.noms import Noms
from dossiers.faits import faits_json, resolveur
from dossiers.models import VersionDossier
from dossiers.rapprochement.inverse.effets import FAVORABLES, Sens, critere_de, sens
from territoires.perimetre import libelles
from territoires.zones import ReferentielZones

#: How many examples of each direction a rehearsal shows.
EXEMPLES = 3


@dataclass(frozen=True, slots=True)
class Nombre:
    """How many dossiers, and how many companies have them."""

    dossiers: int = 0
    entreprises: int = 0


@dataclass(frozen=True, slots=True)
class Bilan:
    """What changes in one place: `code` is "EPCI-<SIREN>", empty outside any EPCI or when the
    dossier names no commune; `nom` is for people."""

    code: str
    nom: str
    gagnes: Nombre
    perdus: Nombre
    autres: Nombre


@dataclass(frozen=True, slots=True)
class Exemple:
    """A stored dossier whose outcome would change, without the name of its company: `lieu` is
    the name of its EPCI. The proofs are those of `aides.criteres.preuves.preuve_json`; `avant`
    has none when the aide could not be asked for, nor `apres`.
    """

    lieu: str
    sens: Sens
    avant: Issue
    apres: Issue
    preuve_avant: Json | None
    preuve_apres: Json | None


@dataclass(frozen=True, slots=True)
class Repetition:
    """What publishing would change, on the day `le`, among `examines` stored dossiers.

    `total` is the whole (a company counts once, even in two places); `territoires` are the
    EPCI where something changes, those where most dossiers gain or lose first; `exemples` hold
    at most `EXEMPLES` of each direction, gained first.
    """

    le: date
    examines: int
    total: Bilan
    territoires: tuple[Bilan, ...]
    exemples: tuple[Exemple, ...]

    @property
    def sans_effet(self) -> bool:
        """Whether no stored dossier changes outcome."""
        bilan = self.total
        return not (bilan.gagnes.dossiers or bilan.perdus.dossiers or bilan.autres.dossiers)


@dataclass(frozen=True, slots=True)
class Correspondants:
    """How many stored dossiers have each outcome; every outcome is a key."""

    par_issue: Mapping[Issue, int]

    @property
    def nombre(self) -> int:
        """Those that could ask for the aide as they stand."""
        return sum(self.par_issue[issue] for issue in FAVORABLES)

    @property
    def total(self) -> int:
        return sum(self.par_issue.values())


def nombre_correspondants(critere: Critere, le: date) -> Correspondants:
    """How many stored current dossiers have each outcome for this tree, on the day `le`: the
    number that follows the editor. One query."""
    situations = (situation for _, situation in _courantes(le))
    nombres = Counter(issue(evaluer(critere, situation)) for situation in situations)
    return Correspondants({nom: nombres[nom] for nom in Issue})


def repetition(
    apres: VersionAide | None, avant: VersionAide | None, le: date, *, exemples: int = EXEMPLES
) -> Repetition:
    """What replacing `avant` (the published version; None for a new aide) by `apres` (saved or
    not: `aides.echange.version_de` of a draft's document; None to close the aide) would change,
    on the day `le`. Nothing is written.

    The numbers are one aggregated query; the proofs of the examples (at most `exemples` of each
    direction) are evaluated again. Raises EchangeInvalide when either cannot be read.
    """
    critere_avant, critere_apres = critere_de(avant), critere_de(apres)
    changements: list[_Changement] = []
    examines = 0
    for version, situation in _courantes(le):
        examines += 1
        preuves = (evaluer(critere_avant, situation), evaluer(critere_apres, situation))
        if issue(preuves[0]) is not issue(preuves[1]):
            changements.append(_Changement(version, situation, preuves))
    return Repetition(
        le,
        examines,
        _bilan("", "", changements),
        _territoires(changements),
        tuple(_exemples(changements, exemples, (avant, apres))),
    )


@dataclass(frozen=True, slots=True)
class _Changement:
    """A stored dossier whose outcome changes, with both proofs."""

    version: VersionDossier
    situation: Situation
    preuves: tuple[Preuve, Preuve]

    @property
    def issues(self) -> tuple[Issue, Issue]:
        return issue(self.preuves[0]), issue(self.preuves[1])

    @property
    def sens(self) -> Sens:
        return sens(*self.issues)

    @property
    def epci(self) -> str:
        lieu = self.situation.faits.get("commune_projet")
        codes = lieu if isinstance(lieu, frozenset) else ()
        return next((code for code in sorted(codes) if code.startswith("EPCI-")), "")


def _courantes(le: date) -> Iterator[tuple[VersionDossier, Situation]]:
    """The current version of every deposited dossier, and what an evaluation sees of it."""
    referentiel = ReferentielZones.au(le)
    versions = VersionDossier.objects.order_by("dossier_id", "-numero").distinct("dossier_id")
    for version in versions.select_related("dossier"):
        faits = depuis_json(faits_json(version.contenu["faits"]), resolveur(le))
        yield version, Situation(completer(faits, le), referentiel)


def _bilan(code: str, nom: str, changements: list[_Changement]) -> Bilan:
    def nombre(voulu: Sens) -> Nombre:
        dossiers = [c.version.dossier for c in changements if c.sens is voulu]
        return Nombre(len(dossiers), len({dossier.entreprise_id for dossier in dossiers}))

    return Bilan(code, nom, *(nombre(voulu) for voulu in Sens))


def _territoires(changements: list[_Changement]) -> tuple[Bilan, ...]:
    par_epci: dict[str, list[_Changement]] = defaultdict(list)
    for changement in changements:
        par_epci[changement.epci].append(changement)
    noms = libelles(code for code in par_epci if code)
    bilans = [_bilan(code, noms.get(code, code), siens) for code, siens in par_epci.items()]
    return tuple(sorted(bilans, key=lambda b: (-b.gagnes.dossiers - b.perdus.dossiers, b.nom)))


def _exemples(
    changements: list[_Changement],
    exemples: int,
    versions: tuple[VersionAide | None, VersionAide | None],
) -> Iterator[Exemple]:
    retenus = [
        changement
        for voulu in Sens
        for changement in [c for c in changements if c.sens is voulu][:exemples]
    ]
    lieux = {c.epci for c in retenus if c.epci}.union(
        code for c in retenus for code in _communes(c.situation)
    )
    noms = Noms.pour((preuve.critere for c in retenus for preuve in c.preuves), lieux)
    for changement in retenus:
        avant, apres = (
            None if version is None else preuve_json(preuve, noms.lieu, noms.code)
            for version, preuve in zip(versions, changement.preuves, strict=True)
        )
        lieu = noms.lieu(changement.epci) if changement.epci else ""
        yield Exemple(lieu, changement.sens, *changement.issues, avant, apres)


def _communes(situation: Situation) -> Iterator[str]:
    for valeur in situation.faits.values():
        if isinstance(valeur, frozenset):
            yield from (code for code in valeur if code.startswith("COM-"))
