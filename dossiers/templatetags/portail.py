"""What every page's templates use: dates written out, states, pages, the menu."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.db.models import Value
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from aides.criteres.evaluation import Issue
from aides.criteres.valeurs import afficher_date
from aides.montants import euros
from dossiers.circuit import Etat
from dossiers.models import Demande, Membre
from portal.comptes.models import User

register = template.Library()

ISSUES = {
    Issue.ELIGIBLE: ("Éligible", "oui"),
    Issue.SOUS_RESERVE: ("Sous réserve", "reserve"),
    Issue.A_COMPLETER: ("À compléter", "demande"),
    Issue.NON_ELIGIBLE: ("Non éligible", "neutre"),
}
TONS_ETAT = {
    Etat.A_ROUTER: "reserve",
    Etat.A_ETUDIER: "demande",
    Etat.EN_INSTRUCTION: "demande",
    Etat.A_COMPLETER: "reserve",
    Etat.ACCEPTEE: "oui",
    Etat.REFUSEE: "non",
    Etat.CLASSEE_SANS_SUITE: "neutre",
    Etat.RETIREE: "neutre",
}
#: (name of the address, words, whether officers or companies see it)
MENU_ENTREPRISE = (("depot:liste", "Mes dossiers"), ("depot:entreprises", "Mon entreprise"))
MENU_AGENT = (("instruction:corbeille", "Ma corbeille"),)
MENU_EPCI = (*MENU_AGENT, ("instruction:territoire", "Mon territoire"))
MENU_ORGANISME = (("organismes:liste", "Mon organisme"),)
MENU_CATALOGUE = (("editeur:liste", "Mon catalogue"), ("competences:liste", "Compétences"))
MENU_ADMINISTRATION = (
    ("instruction:file", "File d’orientation"),
    ("bureau:tableau", "Acheminement"),
    ("organismes:liste", "Organismes"),
    ("editeur:liste", "Catalogue"),
    ("competences:liste", "Compétences"),
    ("depot:rattachements", "Entreprises"),
)
NOTIFICATIONS = ("notifications:liste", "Notifications")
ADMINISTRATEUR, MEMBRE, GESTIONNAIRE = "administrateur", "membre", "gestionnaire"


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry of the menu."""

    url: str
    libelle: str
    ici: bool


@register.filter
def navigation(user: User, chemin: str) -> list[Entree]:
    """The menu of this person: officers see their desk, companies their dossiers."""
    liens = _liens(user)
    entrees: tuple[tuple[str, str], ...]
    if user.is_staff:
        entrees = MENU_ADMINISTRATION
    else:
        entrees = MENU_CATALOGUE if GESTIONNAIRE in liens else ()
        entrees = (*entrees, *(MENU_ORGANISME if ADMINISTRATEUR in liens else ()))
    if organismes := liens - {ADMINISTRATEUR, MEMBRE, GESTIONNAIRE}:
        entrees = (*(MENU_EPCI if "epci" in organismes else MENU_AGENT), *entrees)
    if MEMBRE in liens or not entrees:
        entrees = (*MENU_ENTREPRISE, *entrees)
    return [
        Entree(url, libelle + _en_attente(nom, user), chemin.startswith(url))
        for nom, libelle in (*entrees, NOTIFICATIONS)
        if (url := _adresse(nom))
    ]


def _liens(user: User) -> set[str]:
    """The types of the organismes whose desks the person works at, whether they administer one,
    whether they keep a catalogue and whether they are a member of a company, in one query.
    """
    agent = user.affectations.order_by().values_list("guichet__organisme__type", flat=True)
    administre = user.administrations.order_by().annotate(lien=Value(ADMINISTRATEUR))
    gere = user.gestions.order_by().annotate(lien=Value(GESTIONNAIRE))
    membre = user.adhesions.filter(etat=Membre.Etat.ACTIF).order_by()
    autres = [
        administre.values_list("lien", flat=True),
        gere.values_list("lien", flat=True),
        membre.annotate(lien=Value(MEMBRE)).values_list("lien", flat=True),
    ]
    return set(agent.union(*autres))


def _en_attente(nom: str, user: User) -> str:
    """After the name of what waits: how many demandes, how many notifications to read."""
    if nom == "instruction:file":
        nombre = Demande.objects.en_file_humaine().count()
    elif nom == NOTIFICATIONS[0]:
        nombre = user.notifications.filter(lue_le__isnull=True).count()
    else:
        nombre = 0
    return f" ({nombre})" if nombre else ""


def _adresse(nom: str) -> str:
    try:
        return reverse(nom)
    except NoReverseMatch:
        return ""


@register.filter
def typo(texte: object) -> str:
    """French spaces that do not break: before : ; ? ! € and inside quotation marks."""
    insecable = re.sub(r" (?=[:»€%])|(?<=«) ", "\N{NO-BREAK SPACE}", str(texte))
    return re.sub(r" (?=[;?!])", "\N{NARROW NO-BREAK SPACE}", insecable)


@register.filter
def date_longue(quand: date | datetime) -> str:
    """ "21 novembre 2026", "21 novembre 2026 à 14 h 05"."""
    if isinstance(quand, datetime):
        local = timezone.localtime(quand)
        return f"{afficher_date(local.date())} à {local:%-H h %M}"
    return afficher_date(quand)


@register.filter
def jour(quand: date | datetime) -> str:
    """The day alone: "21 novembre 2026"."""
    if isinstance(quand, datetime):
        quand = timezone.localdate(quand)
    return afficher_date(quand)


@register.filter
def en_euros(montant: object) -> str:
    """A Decimal amount: "35 000 €"."""
    return euros(montant) if montant is not None else ""  # type: ignore[arg-type]


@register.filter
def par_quatre(code: str) -> str:
    """A code to copy by hand, in groups of four: "JBSW Y3DP"."""
    return " ".join(code[rang : rang + 4] for rang in range(0, len(code), 4))


@register.inclusion_tag("composants/etat.html")
def etat_issue(issue: str) -> dict[str, str]:
    """The badge of an outcome."""
    libelle, ton = ISSUES[Issue(issue)]
    return {"libelle": libelle, "ton": ton}


@register.inclusion_tag("composants/etat.html")
def issue_criteres(issue: str) -> dict[str, str]:
    """The badge of an outcome beside the state of a demande, which it must not be taken for."""
    libelle, ton = ISSUES[Issue(issue)]
    return {"libelle": f"Critères : {libelle.lower()}", "ton": ton}


@register.inclusion_tag("composants/etat.html")
def etat_demande(etat: str, libelle: str = "", alerte: bool = False) -> dict[str, str]:
    """The badge of a demande's state, in its own words unless others are given."""
    ton = "reserve" if alerte else TONS_ETAT[Etat(etat)]
    return {"libelle": libelle or str(Etat(etat).label), "ton": ton}


@register.filter
def pages_proches(paginator: Paginator[Any], numero: int) -> list[int]:
    """Numbers of pages around this one, 0 for an ellipsis."""
    pages = paginator.get_elided_page_range(numero, on_each_side=1, on_ends=1)
    return [page if isinstance(page, int) else 0 for page in pages]
