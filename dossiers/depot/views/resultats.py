"""What the project can claim: four groups of aides, each with its reasons, and the choice."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, dossier_de, utilisateur
from dossiers.depot.groupes import grouper
from dossiers.depot.presentation import (
    Cadre,
    apparier_dossier,
    cadre_du_dossier,
    cartes,
    financeurs,
    preuve_affichee,
)
from dossiers.rapprochement.appariement import Appariement


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
    appariement = apparier_dossier(dossier)
    resultats = grouper(cartes(cadre_du_dossier(dossier), appariement), request.GET)
    montrees = resultats.montrees
    contexte = {
        "dossier": dossier,
        "resultats": resultats,
        "reprises": [],
        "tout_revoir": request.path,
        "groupes": resultats.groupes,
        "vues": resultats.vues,
        "nombre_choisies": len(dossier.choix),
        "choisies_cachees": [code for code in dossier.choix if code not in montrees],
        "ecartees": len(appariement.ecartees),
    }
    return render(request, "depot/aides.html", contexte)


@require_safe
@never_cache
@connexion_requise
def aide(request: HttpRequest, identifiant: uuid.UUID, code: str) -> HttpResponse:
    """One aide and its reasons: a page of its own, or the inside of a card."""
    dossier = dossier_de(request, identifiant)
    retour = reverse("depot:aides", args=[identifiant])
    fil = [
        (reverse("depot:dossier", args=[identifiant]), dossier.titre),
        (retour, "Vos aides"),
    ]
    contexte = {"fil": fil, "retour": retour}
    return montrer_aide(
        request, code, apparier_dossier(dossier), cadre_du_dossier(dossier), contexte
    )


def montrer_aide(
    request: HttpRequest,
    code: str,
    appariement: Appariement,
    cadre: Cadre,
    contexte: Mapping[str, object],
) -> HttpResponse:
    """The reasons of one aide of a match. `contexte` has `fil`, the pages above as (address,
    name), and `retour`, the list. Raises Http404 for an aide that is not open today.
    """
    trouvee = next((a for a in appariement.aides if a.version.aide.code == code), None)
    if trouvee is None:
        raise Http404
    complet = {
        **contexte,
        "aide": trouvee,
        "version": trouvee.version,
        "financeurs": financeurs(trouvee.version),
        "preuve": preuve_affichee(cadre, trouvee.preuve),
    }
    dans_la_carte = getattr(request, "htmx", False)
    gabarit = "depot/aide_corps.html" if dans_la_carte else "depot/aide.html"
    return render(request, gabarit, complet)
