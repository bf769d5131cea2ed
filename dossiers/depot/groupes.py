"""The cards of a match in four groups, and the filter above them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from aides.criteres.evaluation import Issue
from aides.models import VersionAide
from dossiers.depot.presentation import Carte
from territoires.normalisation import normaliser
from territoires.organismes.models import NatureAide

EXPLICATIONS = {
    Issue.ELIGIBLE: "Vos réponses remplissent toutes les conditions.",
    Issue.SOUS_RESERVE: "Rien ne s’y oppose dans vos réponses. Il reste des conditions que seul "
    "le guichet peut vérifier.",
    Issue.A_COMPLETER: "Une ou plusieurs réponses manquent pour conclure.",
    Issue.NON_ELIGIBLE: "Une condition au moins n’est pas remplie. Chaque carte dit laquelle ; "
    "celles qui se demandent ici, puis celles qui en sont le plus près, viennent d’abord ; celles "
    "d’un autre territoire sont à part.",
}
REFUS_PAR_PAGE = 20
MOTS_MAXIMUM = 80


@dataclass(frozen=True, slots=True)
class Groupe:
    """The cards of one outcome; `replie` while people did not ask to see them."""

    issue: Issue
    explication: str
    nombre: int
    #: The page shown: refusals are many, the others all are on the first.
    page: Page[Carte]
    replie: bool
    #: Refused because the project is elsewhere, apart: they are many, and nothing changes them.
    ailleurs: list[Carte]

    @property
    def cartes(self) -> list[Carte]:
        return list(self.page.object_list)


@dataclass(frozen=True, slots=True)
class Resultats:
    """Every card of a match as the filter of the address leaves them."""

    groupes: list[Groupe]
    total: int
    vues: int
    q: str
    nature: str
    #: How the aides shown are asked for, "portail" or "externe"; empty for both.
    voie: str
    #: How many of the whole match can be ticked, whatever the filter.
    demandables: int

    @property
    def chercher(self) -> bool:
        """Whether the filter leaves anything out."""
        return bool(self.q or self.nature or self.voie)

    @property
    def natures(self) -> list[tuple[str, str]]:
        return NatureAide.choices

    @property
    def voies(self) -> list[tuple[str, str]]:
        return VersionAide.Voie.choices

    @property
    def montrees(self) -> set[str]:
        """Codes of the aides that can be ticked on this page."""
        return {c.code for g in self.groupes if not g.replie for c in g.cartes if c.choisissable}


def grouper(cartes: Iterable[Carte], adresse: QueryDict) -> Resultats:
    """The groups that hold something first, so that the page opens on something to read.

    `adresse` may hold `q` (words), `nature`, `voie`, `refus` (open the refusals) and `page`.
    """
    toutes = list(cartes)
    mots, nature = adresse.get("q", "")[:MOTS_MAXIMUM], adresse.get("nature", "")
    voie = adresse.get("voie", "")
    voie = voie if voie in VersionAide.Voie.values else ""
    vues = [
        carte
        for carte in toutes
        if carte.correspond(mots, nature) and voie in ("", carte.version.voie)
    ]
    groupes = sorted((_groupe(issue, vues, adresse) for issue in Issue), key=lambda g: not g.nombre)
    demandables = sum(carte.choisissable for carte in toutes)
    return Resultats(groupes, len(toutes), len(vues), mots, nature, voie, demandables)


def _groupe(issue: Issue, vues: list[Carte], adresse: QueryDict) -> Groupe:
    siennes = [carte for carte in vues if carte.issue is issue]
    cherche = any(adresse.get(nom) for nom in ("q", "nature", "refus"))
    replie = issue is Issue.NON_ELIGIBLE and not cherche
    if issue is Issue.NON_ELIGIBLE:
        siennes.sort(key=lambda c: (c.externe, len(c.raisons) + c.autres_raisons))
    ici = [carte for carte in siennes if not carte.hors_territoire]
    ailleurs = sorted(
        (carte for carte in siennes if carte.hors_territoire),
        key=lambda carte: normaliser(carte.hors_territoire),
    )
    par_page = REFUS_PAR_PAGE if issue is Issue.NON_ELIGIBLE else max(1, len(ici))
    page = Paginator(ici, par_page).get_page(adresse.get("page"))
    return Groupe(issue, EXPLICATIONS[issue], len(siennes), page, replie, ailleurs)
