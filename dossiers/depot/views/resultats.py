"""What the project can claim: four groups of aides, each with its reasons, and the choice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from aides.criteres.evaluation import Issue
from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, dossier_de, utilisateur
from dossiers.depot.presentation import (
    Carte,
    apparier_dossier,
    cartes,
    financeurs,
    preuve_affichee,
    questions,
)
from territoires.organismes.models import NatureAide

EXPLICATIONS = {
    Issue.ELIGIBLE: "Vos réponses remplissent toutes les conditions.",
    Issue.SOUS_RESERVE: "Rien ne s’y oppose dans vos réponses. Il reste des conditions que seul "
    "le guichet peut vérifier.",
    Issue.A_COMPLETER: "Une ou plusieurs réponses manquent pour conclure.",
    Issue.NON_ELIGIBLE: "Une condition au moins n’est pas remplie. Chaque carte dit laquelle ; "
    "celles qui en sont le plus près viennent d’abord.",
}
REFUS_PAR_PAGE = 20


@dataclass(frozen=True, slots=True)
class Groupe:
    """The cards of one outcome; `replie` while people did not ask to see them."""

    issue: Issue
    explication: str
    nombre: int
    #: The page shown: refusals are many, the others all are on the first.
    page: Page[Carte]
    replie: bool

    @property
    def cartes(self) -> list[Carte]:
        return list(self.page.object_list)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@connexion_requise
def aides(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """The results; POST keeps the choice and goes on to the last check."""
    dossier = dossier_de(request, identifiant)
    if not dossier.est_brouillon:
        return redirect("depot:suivi", identifiant)
    if request.method == "POST":
        choix = request.POST.getlist("aide")
        actes.choisir_aides(dossier=dossier, codes=choix, par=utilisateur(request))
        if "continuer" not in request.POST or choix:
            voulue = "depot:verifier" if "continuer" in request.POST else "depot:aides"
            return redirect(voulue, identifiant)
        messages.error(request, "Cochez au moins une aide à demander avant de continuer.")
        return redirect("depot:aides", identifiant)
    mots, nature = request.GET.get("q", "")[:80], request.GET.get("nature", "")
    appariement = apparier_dossier(dossier)
    toutes = cartes(dossier, appariement)
    vues = [carte for carte in toutes if carte.correspond(mots, nature)]
    # Groups without any aide go last: the page opens on something to read.
    groupes = sorted((_groupe(issue, vues, request) for issue in Issue), key=lambda g: not g.nombre)
    montrees = {c.code for g in groupes if not g.replie for c in g.cartes if c.choisissable}
    contexte = {
        "dossier": dossier,
        "groupes": groupes,
        "total": len(toutes),
        "vues": len(vues),
        "q": mots,
        "nature": nature,
        "natures": NatureAide.choices,
        "chercher": bool(mots or nature),
        "nombre_choisies": len(dossier.choix),
        "choisies_cachees": [code for code in dossier.choix if code not in montrees],
        "ecartees": len(appariement.ecartees),
    }
    return render(request, "depot/aides.html", contexte)


def _groupe(issue: Issue, vues: list[Carte], request: HttpRequest) -> Groupe:
    siennes = [carte for carte in vues if carte.issue is issue]
    cherche = any(request.GET.get(nom) for nom in ("q", "nature", "refus"))
    replie = issue is Issue.NON_ELIGIBLE and not cherche
    if issue is Issue.NON_ELIGIBLE:
        siennes.sort(key=lambda carte: len(carte.raisons) + carte.autres_raisons)
    par_page = REFUS_PAR_PAGE if issue is Issue.NON_ELIGIBLE else max(1, len(siennes))
    page = Paginator(siennes, par_page).get_page(request.GET.get("page"))
    return Groupe(issue, EXPLICATIONS[issue], len(siennes), page, replie)


@require_safe
@never_cache
@connexion_requise
def aide(request: HttpRequest, identifiant: uuid.UUID, code: str) -> HttpResponse:
    """One aide and its reasons: a page of its own, or the inside of a card."""
    dossier = dossier_de(request, identifiant)
    appariement = apparier_dossier(dossier)
    trouvee = next((a for a in appariement.aides if a.version.aide.code == code), None)
    if trouvee is None:
        raise Http404
    contexte = {
        "dossier": dossier,
        "aide": trouvee,
        "version": trouvee.version,
        "financeurs": financeurs(trouvee.version),
        "questions": list(questions(dossier, trouvee)),
        "preuve": preuve_affichee(dossier, trouvee.preuve),
    }
    dans_la_carte = getattr(request, "htmx", False)
    gabarit = "depot/aide_corps.html" if dans_la_carte else "depot/aide.html"
    return render(request, gabarit, contexte)
