"""Who may open a page of the company's path, and what becomes of what a stranger posts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from dossiers.models import Dossier
from dossiers.saisies import mettre_de_cote
from portal.comptes.models import User

Vue = Callable[..., HttpResponse]


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
