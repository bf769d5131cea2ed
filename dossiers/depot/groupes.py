"""A match in four groups, each by pages, and the filter above them.

Only what a page shows is loaded and explained: the others are counted and sorted by what the
compiled catalogue knows of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from aides.criteres.evaluation import Issue
from aides.models import Aide, VersionAide
from dossiers.depot.manques import A_OUVRIR
from dossiers.depot.presentation import Cadre, Carte, cartes
from dossiers.rapprochement.appariement import AideAppariee, Appariement
from dossiers.templatetags.portail import pages_proches
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
#: The parameter of the address that holds the page of each group; that of the refusals of
#: another territory, which are a list of their own.
PAGES = {
    Issue.ELIGIBLE: "page_eligible",
    Issue.SOUS_RESERVE: "page_reserve",
    Issue.A_COMPLETER: "page_completer",
    Issue.NON_ELIGIBLE: "page",
}
PAGE_AILLEURS = "page_ailleurs"
PAR_PAGE = 20
MOTS_MAXIMUM = 80


@dataclass(frozen=True, slots=True)
class Lien:
    """A page of a list: `requete` is its address, after the path; empty for a gap."""

    numero: int
    requete: str
    ici: bool


@dataclass(slots=True)
class Liste:
    """The page of a list that is shown, `parametre` of the address; its cards, once made."""

    page: Page[AideAppariee]
    parametre: str
    adresse: QueryDict
    cartes: list[Carte] = field(default_factory=list)

    @property
    def nombre(self) -> int:
        return self.page.paginator.count

    def liens(self) -> list[Lien]:
        """The pages near the one shown; none when it is the only one."""
        if self.page.paginator.num_pages == 1:
            return []
        numeros = pages_proches(self.page.paginator, self.page.number)
        return [Lien(n, self._requete(n), n == self.page.number) for n in numeros]

    def _requete(self, numero: int) -> str:
        """The same address, with another page of this list."""
        if not numero:
            return ""
        adresse = self.adresse.copy()
        adresse[self.parametre] = str(numero)
        return adresse.urlencode()


@dataclass(frozen=True, slots=True)
class Groupe:
    """The aides of one outcome; `liste` is None while people did not ask to see them."""

    issue: Issue
    nombre: int
    liste: Liste | None
    #: Refused because the project is elsewhere, apart: they are many, and nothing changes them.
    nombre_ailleurs: int = 0
    ailleurs: Liste | None = None

    @property
    def explication(self) -> str:
        return EXPLICATIONS[self.issue]

    @property
    def replie(self) -> bool:
        return self.liste is None

    @property
    def listes(self) -> list[Liste]:
        return [liste for liste in (self.liste, self.ailleurs) if liste is not None]

    @property
    def cartes(self) -> list[Carte]:
        return self.liste.cartes if self.liste else []

    @property
    def requete_manques(self) -> str:
        """What to ask to know what would open the aides shown; empty when nothing has to."""
        if self.issue not in A_OUVRIR or not self.cartes:
            return ""
        return urlencode({"pour": [carte.code for carte in self.cartes]}, doseq=True)


@dataclass(frozen=True, slots=True)
class Filtre:
    """What the address leaves of a match: `q` (words), `nature`, `voie`, "portail" or "externe";
    each empty for all.
    """

    q: str
    nature: str
    voie: str

    @classmethod
    def lire(cls, adresse: QueryDict) -> Filtre:
        voie = adresse.get("voie", "")
        return cls(
            # PostgreSQL refuses the null character.
            adresse.get("q", "")[:MOTS_MAXIMUM].replace("\0", "").strip(),
            adresse.get("nature", ""),
            voie if voie in VersionAide.Voie.values else "",
        )

    def __bool__(self) -> bool:
        return bool(self.q or self.nature or self.voie)

    def garder(self, aides: Iterable[AideAppariee]) -> list[AideAppariee]:
        """The aides it leaves; words are looked up as the catalogue does, by one query."""
        if self.q:
            disent = set(Aide.objects.qui_disent(self.q).values_list("version", flat=True))
            aides = [aide for aide in aides if aide.version.pk in disent]
        return [
            aide
            for aide in aides
            if (not self.nature or self.nature in aide.version.natures)
            and self.voie in ("", aide.version.voie)
        ]


@dataclass(frozen=True, slots=True)
class Resultats:
    """A match as the filter of the address leaves it."""

    groupes: list[Groupe]
    total: int
    vues: int
    filtre: Filtre
    #: How many of the whole match can be ticked, whatever the filter.
    demandables: int

    @property
    def natures(self) -> list[tuple[str, str]]:
        return NatureAide.choices

    @property
    def voies(self) -> list[tuple[str, str]]:
        return VersionAide.Voie.choices

    @property
    def montrees(self) -> set[str]:
        """Codes of the aides that can be ticked on this page."""
        return {c.code for g in self.groupes for c in g.cartes if c.choisissable}


def grouper(
    appariement: Appariement, cadre: Cadre, adresse: QueryDict, seul: Issue | None = None
) -> Resultats:
    """The groups that hold something first, so that the page opens on something to read.

    `adresse` may hold the filter, `refus` (open the refusals), `ailleurs` (and those of another
    territory) and the page of each list (PAGES). With `seul`, only that group has cards.
    """
    filtre = Filtre.lire(adresse)
    vues = filtre.garder(appariement.aides)
    par_issue: dict[Issue, list[AideAppariee]] = {issue: [] for issue in Issue}
    for aide in vues:
        par_issue[aide.issue].append(aide)
    groupes = [_groupe(issue, siennes, adresse) for issue, siennes in par_issue.items()]
    listes = [li for g in groupes if seul in (None, g.issue) for li in g.listes]
    faites = iter(cartes(cadre, [aide for liste in listes for aide in liste.page.object_list]))
    for liste in listes:
        liste.cartes = [next(faites) for _ in liste.page.object_list]
    return Resultats(
        sorted(groupes, key=lambda g: not g.nombre),
        len(appariement.aides),
        len(vues),
        filtre,
        sum(
            cadre.selection and not a.version.externe and a.issue is not Issue.NON_ELIGIBLE
            for a in appariement.aides
        ),
    )


def _groupe(issue: Issue, siennes: list[AideAppariee], adresse: QueryDict) -> Groupe:
    if issue is not Issue.NON_ELIGIBLE:
        return Groupe(issue, len(siennes), _liste(siennes, generosite, PAGES[issue], adresse))
    if not any(adresse.get(nom) for nom in ("q", "nature", "refus")):
        return Groupe(issue, len(siennes), None)
    ici = [aide for aide in siennes if not aide.ailleurs]
    ailleurs = [aide for aide in siennes if aide.ailleurs]
    return Groupe(
        issue,
        len(siennes),
        _liste(ici, proximite, PAGES[issue], adresse),
        len(ailleurs),
        _liste(ailleurs, par_titre, PAGE_AILLEURS, adresse)
        if ailleurs and (adresse.get("ailleurs") or not ici)
        else None,
    )


def _liste(
    aides: list[AideAppariee],
    cle: Callable[[AideAppariee], tuple[object, ...]],
    parametre: str,
    adresse: QueryDict,
) -> Liste:
    page = Paginator(sorted(aides, key=cle), PAR_PAGE).get_page(adresse.get(parametre))
    return Liste(page, parametre, adresse)


# ------------------------------------------------------------------ the order of a list


def generosite(aide: AideAppariee) -> tuple[object, ...]:
    """What is asked for here first, then the most generous."""
    version = aide.version
    return version.externe, -(aide.estimation.maximum or 0), version.tri


def proximite(aide: AideAppariee) -> tuple[object, ...]:
    """Refusals: what is asked for here first, then what the fewest conditions refuse."""
    return aide.version.externe, aide.obstacles, aide.version.tri


def par_titre(aide: AideAppariee) -> tuple[object, ...]:
    return (aide.version.tri,)
