"""Whose delivery desk it is: the portal's administration, and each organisme for its own desks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from dossiers.acheminement.models import Acheminement
from dossiers.acheminement.querysets import AcheminementQuerySet
from portal.comptes.models import User
from territoires.organismes.models import Guichet, Organisme
from territoires.organismes.querysets import GuichetQuerySet
from territoires.organismes.views.acces import personne

P = ParamSpec("P")
Vue = Callable[Concatenate[HttpRequest, P], HttpResponse]

REFUS = (
    "Le bureau d’acheminement est réservé à l’administration du portail et aux administrateurs "
    "des organismes."
)
REFUS_PORTAIL = "Cette page est réservée à l’administration du portail."


def guichets_de(user: User) -> GuichetQuerySet:
    """The desks that this person watches over."""
    if user.is_staff:
        return Guichet.objects.all()
    return Guichet.objects.filter(organisme__in=Organisme.objects.administres_par(user))


def acheminements_de(user: User) -> AcheminementQuerySet:
    """What is handed over to them."""
    if user.is_staff:
        return Acheminement.objects.all()
    return Acheminement.objects.filter(guichet__in=guichets_de(user))


def exploitant(vue: Vue[P]) -> Vue[P]:
    """A page for whoever watches over a desk; 403 for the others."""

    @login_required
    @wraps(vue)
    def gardee(request: HttpRequest, /, *args: P.args, **options: P.kwargs) -> HttpResponse:
        user = personne(request)
        if not (user.is_staff or user.administrations.exists()):
            raise PermissionDenied(REFUS)
        return vue(request, *args, **options)

    return gardee


def administration(vue: Vue[P]) -> Vue[P]:
    """A page for the portal's administration; 403 for the others."""

    @login_required
    @wraps(vue)
    def gardee(request: HttpRequest, /, *args: P.args, **options: P.kwargs) -> HttpResponse:
        if not personne(request).is_staff:
            raise PermissionDenied(REFUS_PORTAIL)
        return vue(request, *args, **options)

    return gardee
