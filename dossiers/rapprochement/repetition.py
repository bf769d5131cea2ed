"""The rehearsal: what publishing would do to the stored dossiers. Pure reading."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count

from aides.criteres.arbre import Critere
from aides.criteres.echange import Json
from aides.criteres.evaluation import Issue
from aides.criteres.preuves import preuve_json
from aides.criteres.valeurs import FaitsInvalides
from aides.models import VersionAide
from dossiers.rapprochement.inverse.comparaison import Comparaison
from dossiers.rapprochement.inverse.effets import FAVORABLES, Sens, critere_de
from dossiers.rapprochement.inverse.preuves import Preuves, prouver
from dossiers.rapprochement.models import FaitsDossier
from territoires.perimetre import libelles
from territoires.zones import ReferentielZones

journal = logging.getLogger(__name__)

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
    number that follows the editor. Two counts, besides the zones that are loaded: only the
    dossiers that the tree does not surely refuse are looked at, which an index finds.
    """
    referentiel = ReferentielZones.au(le)
    courantes = FaitsDossier.objects.courantes()
    lignes: Any = courantes.possibles(critere, le, referentiel)
    lignes = lignes.with_issue(critere, le, referentiel).order_by().values_list("issue")
    nombres = Counter(dict(lignes.annotate(nombre=Count("pk"))))
    nombres[Issue.NON_ELIGIBLE.value] = courantes.count() - nombres.total()
    return Correspondants({issue: nombres[issue.value] for issue in Issue})


def repetition(
    apres: VersionAide | None, avant: VersionAide | None, le: date, *, exemples: int = EXEMPLES
) -> Repetition:
    """What replacing `avant` (the published version; None for a new aide) by `apres` (saved or
    not: `aides.echange.version_de` of a draft's document; None to close the aide) would change,
    on the day `le`. Nothing is written.

    The numbers are one aggregated query; the proofs of the examples (at most `exemples` of each
    direction) are evaluated again. Raises EchangeInvalide when either cannot be read.
    """
    comparaison = Comparaison.de(critere_de(avant), critere_de(apres), le)
    comptes = _compter(comparaison)
    codes = {code for code, _ in comptes} - {_ENSEMBLE}
    noms = libelles(code for code in codes if code)
    territoires = [_bilan(code, noms.get(code, code), comptes) for code in codes]
    return Repetition(
        le,
        FaitsDossier.objects.courantes().count(),
        _bilan(_ENSEMBLE, "", comptes),
        tuple(sorted(territoires, key=_rang)),
        tuple(_exemples(comparaison, exemples, (avant, apres))),
    )


#: Stands for the whole where a code of EPCI is expected.
_ENSEMBLE = "*"
_PAR_EPCI = """
    SELECT epci_projet, sens, GROUPING(epci_projet), COUNT(*), COUNT(DISTINCT entreprise_id)
    FROM ({}) AS changements GROUP BY GROUPING SETS ((epci_projet, sens), (sens))
"""
_Comptes = Mapping[tuple[str, Sens], Nombre]


def _compter(comparaison: Comparaison) -> _Comptes:
    """How many change, by EPCI and direction, and on the whole: one pass over the facts. A
    company counts once in each place, and once on the whole."""
    changements: Any = comparaison.changements()
    lignes = changements.values_list("epci_projet", "entreprise_id", "sens")
    sql, parametres = lignes.query.sql_with_params()
    with connection.cursor() as curseur:
        curseur.execute(_PAR_EPCI.format(sql), parametres)
        rangees = curseur.fetchall()
    return {
        (_ENSEMBLE if ensemble else f"EPCI-{epci}" if epci else "", Sens(sens)): Nombre(*nombres)
        for epci, sens, ensemble, *nombres in rangees
    }


def _bilan(code: str, nom: str, comptes: _Comptes) -> Bilan:
    affiche = "" if code == _ENSEMBLE else code
    nombres = (comptes.get((code, voulu), Nombre()) for voulu in Sens)
    return Bilan(affiche, nom, *nombres)


def _rang(bilan: Bilan) -> tuple[int, str]:
    return -bilan.gagnes.dossiers - bilan.perdus.dossiers, bilan.nom


def _exemples(
    comparaison: Comparaison, nombre: int, cotes: tuple[VersionAide | None, VersionAide | None]
) -> Iterator[Exemple]:
    """The most recent dossiers of each direction, with both proofs; one that cannot be read any
    more is left out."""
    for voulu in Sens:
        lignes: Any = comparaison.changements()
        for ligne in lignes.filter(sens=voulu).select_related("version").order_by("-pk")[:nombre]:
            try:
                preuves = prouver(ligne.version, comparaison)
            except FaitsInvalides as invalides:
                journal.error("Version %s, faits illisibles : %s", ligne.pk, invalides)
                continue
            yield _exemple(ligne.epci_projet, voulu, preuves, cotes)


def _exemple(
    epci: str,
    voulu: Sens,
    preuves: Preuves,
    cotes: tuple[VersionAide | None, VersionAide | None],
) -> Exemple:
    code = f"EPCI-{epci}" if epci else ""
    noms = preuves.noms([code] if code else ())
    avant, apres = (
        None if version is None else preuve_json(preuve, noms.lieu, noms.code)
        for version, preuve in zip(cotes, (preuves.avant, preuves.apres), strict=True)
    )
    return Exemple(noms.lieu(code), voulu, *preuves.issues, avant, apres)
