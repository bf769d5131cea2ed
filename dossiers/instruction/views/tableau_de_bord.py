"""Dashboards: of the desks of an officer, of the territory of an EPCI, of the whole portal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.instruction.tableau_de_bord.figures import Figure, duree, figures
from dossiers.instruction.tableau_de_bord.filtre import FiltreTableau
from dossiers.instruction.tableau_de_bord.statistiques import bilan
from dossiers.instruction.views.commun import personne
from dossiers.models import Demande
from dossiers.querysets import DemandeQuerySet
from dossiers.tableur import fichier_csv
from territoires.organismes.models import Guichet


@dataclass(frozen=True, slots=True)
class Vue:
    """Whose dashboard: what it counts, its words, the list it comes from."""

    nom: str
    demandes: DemandeQuerySet
    chapo: str
    liste: str
    liste_libelle: str
    par_commune: bool = False


@login_required
@require_safe
def instruction(request: HttpRequest, figure: str = "") -> HttpResponseBase:
    """What the desks of the officer were handed over."""
    user = personne(request)
    if not Guichet.objects.filter(affectations__user=user).exists():
        return render(request, "instruction/sans_guichet.html")
    vue = Vue(
        "tableau-instruction",
        Demande.objects.de_mes_guichets(user),
        "Les demandes confiées à vos guichets.",
        "instruction:corbeille",
        "Ma corbeille",
    )
    return _repondre(request, vue, figure)


@login_required
@require_safe
def territoire(request: HttpRequest, figure: str = "") -> HttpResponseBase:
    """What is located in the EPCI of the officer, whoever decides it."""
    user = personne(request)
    if not user.affectations.filter(guichet__organisme__type="epci").exists():
        return render(request, "instruction/sans_territoire.html")
    vue = Vue(
        "tableau-territoire",
        Demande.objects.de_mon_territoire(user),
        "Les demandes dont le projet est dans une de vos communes, quel que soit le guichet "
        "qui décide.",
        "instruction:territoire",
        "Mon territoire",
        par_commune=True,
    )
    return _repondre(request, vue, figure)


@login_required
@require_safe
def portail(request: HttpRequest, figure: str = "") -> HttpResponseBase:
    """Everything, for the administration of the portal."""
    user = personne(request)
    if not user.is_staff:
        return render(request, "instruction/orientation_reservee.html", status=403)
    vue = Vue(
        "tableau-portail",
        Demande.objects.visibles_au_guichet(user),
        "Toutes les demandes déposées sur le portail.",
        "instruction:file",
        "File d’orientation",
    )
    return _repondre(request, vue, figure)


def _repondre(request: HttpRequest, vue: Vue, figure: str) -> HttpResponseBase:
    """The page, or the table of one of its figures as a file."""
    filtre = FiltreTableau(request.GET, demandes=vue.demandes, le=timezone.localdate())
    demandes, periode = filtre.lire()
    comptes = bilan(demandes, periode, par_commune=vue.par_commune)
    dessinees = figures(comptes) if comptes.nombre else []
    if figure:
        return _fichier(vue, dessinees, figure)
    mediane = comptes.decision.mediane
    contexte = {
        "vue": vue,
        "filtre": filtre,
        "periode": periode,
        "bilan": comptes,
        "figures": dessinees,
        "mediane": duree(mediane) if mediane is not None else "–",
        "adresse_liste": reverse(vue.liste),
        "adresse_csv": f"instruction:{vue.nom}-csv",
    }
    return render(request, "instruction/tableau_de_bord.html", contexte)


def _fichier(vue: Vue, dessinees: list[Figure], code: str) -> HttpResponseBase:
    voulue = next((figure for figure in dessinees if figure.code == code), None)
    if voulue is None:
        raise Http404
    lignes = (
        [str(c).replace(".", ",") if isinstance(c, Decimal) else c for c in ligne]
        for ligne in voulue.tableau.lignes
    )
    return fichier_csv(f"{vue.nom}-{code}", voulue.tableau.colonnes, lignes)
