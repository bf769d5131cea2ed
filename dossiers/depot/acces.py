"""Who may open a page of the company's path, and what becomes of what a stranger posts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from dossiers.models import Dossier
from portal.comptes.models import User

Vue = Callable[..., HttpResponse]
CLE_REPRISE = "saisie_a_reprendre"
#: What one form can hold, so that a stranger cannot fill the sessions' table.
CHAMPS_MAXIMUM, VALEURS_MAXIMUM, LONGUEUR_MAXIMUM = 60, 60, 3500
NON_REPRIS = ("csrfmiddlewaretoken", "autosauve")


def connexion_requise(vue: Vue) -> Vue:
    """Send strangers to the sign-in page, and keep the form they were sending."""

    @wraps(vue)
    def protegee(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return vue(request, *args, **options)
        if request.method == "POST":
            mettre_de_cote(request)
        if getattr(request, "htmx", False):
            adresse = redirect_to_login(request.path).url
            return render(request, "depot/session_expiree.html", {"adresse": adresse}, status=401)
        return redirect_to_login(
            request.path if request.method == "POST" else request.get_full_path()
        )

    return protegee


def utilisateur(request: HttpRequest) -> User:
    """The person signed in; for views behind `connexion_requise`."""
    return cast(User, request.user)


def dossier_de(request: HttpRequest, identifiant: uuid.UUID) -> Dossier:
    """A dossier of the person's companies; another one does not exist for them (404)."""
    visibles = Dossier.objects.visibles_par(utilisateur(request)).select_related("entreprise")
    return get_object_or_404(visibles, identifiant=identifiant)


def mettre_de_cote(request: HttpRequest) -> None:
    """Keep a posted form in the anonymous session: signing in keeps that session's content."""
    noms = [nom for nom in request.POST if nom not in NON_REPRIS][:CHAMPS_MAXIMUM]
    donnees = {
        nom[:LONGUEUR_MAXIMUM]: [
            valeur[:LONGUEUR_MAXIMUM] for valeur in request.POST.getlist(nom)[:VALEURS_MAXIMUM]
        ]
        for nom in noms
    }
    request.session[CLE_REPRISE] = {"chemin": request.path, "donnees": donnees}


def reprendre(request: HttpRequest) -> QueryDict | None:
    """The form kept for this page, if any; it stays until `oublier`."""
    garde = request.session.get(CLE_REPRISE)
    if not garde or garde["chemin"] != request.path:
        return None
    donnees = QueryDict(mutable=True)
    for nom, valeurs in garde["donnees"].items():
        donnees.setlist(nom, valeurs)
    return donnees


def oublier(request: HttpRequest) -> None:
    """The form kept for this page has been saved, or given up."""
    garde = request.session.get(CLE_REPRISE)
    if garde and garde["chemin"] == request.path:
        del request.session[CLE_REPRISE]
