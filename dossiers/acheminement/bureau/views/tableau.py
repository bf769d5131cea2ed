"""The delivery desk: the live invariant, then every desk, the worst first; and one desk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dossiers.acheminement.bureau.acces import acheminements_de, exploitant, guichets_de
from dossiers.acheminement.bureau.etat import SEMAINE, Ligne, Sante, lignes
from dossiers.acheminement.bureau.formulaires import DUREES, FiltreGuichets
from dossiers.acheminement.bureau.presentation import SANTES, Mot, echecs_depuis, somme, verdict
from dossiers.acheminement.bureau.sante import examiner
from dossiers.acheminement.invariant import bilan, introuvables
from dossiers.acheminement.models import Echec
from dossiers.acheminement.querysets import AcheminementQuerySet
from territoires.organismes.models import Guichet
from territoires.organismes.views.acces import personne

PAR_PAGE, PAR_PAGE_GUICHET, ECHECS = 25, 50, 20


@dataclass(frozen=True, slots=True)
class Compteur:
    """A health, how many channels have it, and the address of those alone."""

    nombre: int
    libelle: str
    mot: Mot
    detail: str
    url: str
    ici: bool


@dataclass(frozen=True, slots=True)
class Onglet:
    """A tab of the page of a desk (composants/onglets.html)."""

    url: str
    libelle: str
    nombre: int
    ici: bool


@never_cache
@require_safe
@exploitant
def tableau(request: HttpRequest) -> HttpResponse:
    """Whether anything is lost, and which desks are in trouble."""
    user = personne(request)
    toutes = lignes(guichets_de(user), tous=user.is_staff)
    filtre = FiltreGuichets(request.GET or QueryDict("etat=actifs"), auto_id="filtre-%s")
    page = Paginator(filtre.filtrees(toutes), PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "filtre": filtre,
        "page": page,
        "compteurs": _compteurs(toutes, request.GET.get("etat", "")),
        "quarantaine": sum(ligne.quarantaine for ligne in toutes),
        "taches": acheminements_de(user).taches_humaines().count(),
        "guichets": len({ligne.guichet.pk for ligne in toutes}),
        "canaux": len(toutes),
    }
    if user.is_staff:
        contexte |= _invariant()
    return render(request, "bureau/tableau.html", contexte)


def _invariant() -> dict[str, object]:
    compte = bilan()
    return {
        "bilan": compte,
        "somme": somme(compte),
        "verdict": verdict(compte),
        "perdues": [] if compte.perdues <= 0 else list(introuvables()[:ECHECS]),
        "sante": examiner(),
        "due_attend": compte.plus_ancienne_due and compte.plus_ancienne_due < timezone.now(),
    }


def _compteurs(toutes: list[Ligne], etat: str) -> list[Compteur]:
    nombres = Counter(ligne.sante for ligne in toutes)
    panne = echecs_depuis(ligne for ligne in toutes if ligne.sante is Sante.EN_PANNE)
    details = {Sante.EN_PANNE: f"{SANTES[Sante.EN_PANNE].sens} : {panne}"} if panne else {}
    return [
        Compteur(
            nombre,
            mot.canaux(nombre),
            mot,
            details.get(sante, mot.sens),
            f"?etat={sante}#guichets",
            etat == sante,
        )
        for sante, mot in SANTES.items()
        if (nombre := nombres[sante])
    ]


@never_cache
@require_safe
@exploitant
def guichet(request: HttpRequest, code: str) -> HttpResponse:
    """One desk: its channels, what waits, what failed, and how to repair and replay."""
    user = personne(request)
    cible = get_object_or_404(guichets_de(user).select_related("organisme"), code=code)
    acheminements = acheminements_de(user).filter(guichet=cible)
    listes = _listes(acheminements)
    voir = request.GET.get("voir", "")
    voir = voir if voir in listes else "attente"
    liste = listes[voir][1].select_related("demande__dossier", "demande__version_aide")
    page = Paginator(liste, PAR_PAGE_GUICHET).get_page(request.GET.get("page"))
    siennes = lignes(Guichet.objects.filter(pk=cible.pk), tous=False)
    contexte = {
        "guichet": cible,
        "lignes": siennes,
        "a_reparer": any(ligne.a_reparer for ligne in siennes),
        "onglets": _onglets(cible, listes, voir),
        "voir": voir,
        "rejouables": any(remise.remise_le is None and remise.derniere_erreur for remise in page),
        "page": page,
        # In two, each on its own small index.
        "a_rejouer": listes["quarantaine"][1].count() + listes["attente"][1].a_rejouer().count(),
        "echecs": Echec.objects.filter(
            acheminement__guichet=cible, le__gte=timezone.now() - SEMAINE
        ).select_related("acheminement__demande__dossier")[:ECHECS],
        "durees": DUREES.items(),
    }
    return render(request, "bureau/guichet.html", contexte)


def _listes(
    acheminements: AcheminementQuerySet,
) -> dict[str, tuple[str, AcheminementQuerySet]]:
    """What the tabs show, the most pressing first, by their name in the address."""
    return {
        "attente": (
            "À remettre",
            acheminements.a_remettre().order_by("prochaine_tentative", "pk"),
        ),
        "quarantaine": (
            "En quarantaine",
            acheminements.actifs().en_quarantaine().order_by("quarantaine_le", "pk"),
        ),
        "non_accuses": (
            "À confirmer",
            acheminements.de_reference()
            .non_accuses()
            .with_canal_attendu()
            .order_by("remise_le", "pk"),
        ),
    }


def _onglets(
    cible: Guichet, listes: dict[str, tuple[str, AcheminementQuerySet]], voir: str
) -> list[Onglet]:
    adresse = reverse("bureau:guichet", args=[cible.code])
    return [
        Onglet(f"{adresse}?voir={nom}#liste", libelle, liste.count(), nom == voir)
        for nom, (libelle, liste) in listes.items()
    ]
