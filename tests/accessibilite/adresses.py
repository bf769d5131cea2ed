"""The addresses of the portal, and some that fail on purpose: the error pages are pages too."""

from typing import Never

from allauth.core.ratelimit import respond_429
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import HttpRequest
from django.urls import include, path
from django.views.csrf import csrf_failure

from portal import urls
from portal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def illisible(request: HttpRequest) -> Never:
    raise BadRequest


def interdit(request: HttpRequest) -> Never:
    raise PermissionDenied


def trop_lourd(request: HttpRequest) -> Never:
    raise RequestDataTooBig


def en_panne(request: HttpRequest) -> Never:
    raise RuntimeError("Panne voulue par un test.")


urlpatterns = [
    path("erreur/400/", illisible),
    path("erreur/403/", interdit),
    path("erreur/413/", trop_lourd),
    path("erreur/429/", respond_429),
    path("erreur/500/", en_panne),
    path("erreur/session/", csrf_failure),
    path("", include(urls.urlpatterns)),
]
