"""Metrics, and whether the portal is alive and ready: for machines."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dossiers.acheminement.bureau.metriques import REGISTRE
from dossiers.acheminement.bureau.sante import examiner

#: What proxies add: behind one, everybody seems to be on this machine.
RELAIS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


@never_cache
@require_safe
def vivant(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"vivant": True})


@never_cache
@require_safe
def pret(request: HttpRequest) -> HttpResponse:
    """The database answers, its schema is whole, and nothing due is left: 503 otherwise."""
    sante = examiner()
    statut = 200 if sante.pret else 503
    return JsonResponse(sante.en_json(), status=statut, json_dumps_params={"ensure_ascii": False})


@never_cache
@require_safe
def metriques(request: HttpRequest) -> HttpResponse:
    """The text format of Prometheus, for who has the token."""
    if not settings.JETON_METRIQUES:
        if not _de_cette_machine(request):
            return HttpResponse("Donnez un jeton (JETON_METRIQUES).\n", "text/plain", 403)
    elif not _a_le_jeton(request):
        refus = HttpResponse("Jeton absent ou faux.\n", "text/plain", 401)
        refus["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refus
    return HttpResponse(generate_latest(REGISTRE), CONTENT_TYPE_LATEST)


def _a_le_jeton(request: HttpRequest) -> bool:
    mode, _, jeton = request.headers.get("Authorization", "").partition(" ")
    return mode.lower() == "bearer" and constant_time_compare(
        jeton.strip(), settings.JETON_METRIQUES
    )


def _de_cette_machine(request: HttpRequest) -> bool:
    """Called on this machine, not through a proxy that is on it."""
    if any(entete in request.headers for entete in RELAIS):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
