"""Who may open the editor's pages; for anybody else a draft or an aide has none here (404)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django_htmx.http import HttpResponseClientRedirect

from aides.models import Aide, BrouillonAide
from dossiers.saisies import mettre_de_cote
from portal.comptes.models import User
from territoires.organismes.models import Organisme
from territoires.organismes.querysets import OrganismeQuerySet

Vue = Callable[..., HttpResponseBase]


def personne(request: HttpRequest) -> User:
    """The person signed in: the views are behind `gestion_requise`."""
    return cast("User", request.user)


def gestion_requise(vue: Vue) -> Vue:
    """For who keeps a catalogue; a form posted by a stranger waits for them to sign in."""

    @wraps(vue)
    def protegee(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.method == "POST":
                mettre_de_cote(request)
            vers_connexion = redirect_to_login(request.get_full_path())
            if getattr(request, "htmx", False):
                return HttpResponseClientRedirect(vers_connexion.url)
            return vers_connexion
        return vue(request, *args, **options)

    return protegee


def organismes_de(request: HttpRequest) -> OrganismeQuerySet:
    """Those whose catalogue the person keeps. Raises Http404 when there is none."""
    organismes = Organisme.objects.avec_catalogue_de(personne(request))
    if not organismes.exists():
        raise Http404
    return organismes


def brouillon_de(request: HttpRequest, pk: int) -> BrouillonAide:
    """A draft that the person may write, or 404."""
    brouillons = BrouillonAide.objects.visibles_par(personne(request))
    details = ("aide__version", "base", "organisme", "modifie_par")
    return get_object_or_404(brouillons.select_related(*details), pk=pk)


def aide_de(request: HttpRequest, code: str) -> Aide:
    """A published aide that the person may write, or 404."""
    aides = Aide.objects.modifiables_par(personne(request)).select_related("version")
    return get_object_or_404(aides, code=code)
