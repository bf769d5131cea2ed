"""Errors of the API as RFC 9457 documents (`application/problem+json`), titles in French."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseServerError,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import set_rollback

from portal.socle import themes

PREFIXE_API = "/api/"

TITRES = {
    HTTPStatus.BAD_REQUEST: "Requête invalide",
    HTTPStatus.UNAUTHORIZED: "Authentification requise",
    HTTPStatus.FORBIDDEN: "Accès refusé",
    HTTPStatus.NOT_FOUND: "Introuvable",
    HTTPStatus.METHOD_NOT_ALLOWED: "Méthode non autorisée",
    HTTPStatus.NOT_ACCEPTABLE: "Format de réponse non disponible",
    HTTPStatus.CONFLICT: "Conflit avec l’état actuel",
    HTTPStatus.LENGTH_REQUIRED: "Longueur de la requête requise",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Requête trop volumineuse",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Format de requête non pris en charge",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Requête contradictoire",
    HTTPStatus.TOO_MANY_REQUESTS: "Trop de requêtes",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Erreur interne",
    HTTPStatus.SERVICE_UNAVAILABLE: "Service momentanément indisponible",
}


class ProblemeNomme(exceptions.APIException):
    """A refusal of a kind that its status does not tell: `nom` is the end of its type."""

    nom: str


class TropVolumineuse(exceptions.APIException):
    """413; the detail says how much is accepted."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "La requête est trop volumineuse."


class LongueurRequise(exceptions.APIException):
    """411: a body sent in pieces, of which Django reads nothing."""

    status_code = HTTPStatus.LENGTH_REQUIRED
    default_detail = (
        "Envoyez le corps d’un seul tenant, avec l’en-tête Content-Length : l’envoi par morceaux "
        "(Transfer-Encoding: chunked) n’est pas lu."
    )


def probleme(
    request: HttpRequest | Request,
    status: int,
    detail: str,
    *,
    code: str = "",
    erreurs: list[dict[str, str]] | None = None,
    entetes: dict[str, str] | None = None,
) -> JsonResponse:
    """Return a problem document. `code` names the kind of problem when the status does not."""
    corps: dict[str, Any] = {
        "type": f"urn:portail:probleme:{code}" if code else "about:blank",
        "title": TITRES.get(HTTPStatus(status), HTTPStatus(status).phrase),
        "status": status,
        "detail": detail,
        "instance": request.path,
    }
    if erreurs is not None:
        corps["erreurs"] = erreurs
    return JsonResponse(
        corps,
        status=status,
        content_type="application/problem+json",
        headers=entetes or {},
        json_dumps_params={"ensure_ascii": False},
    )


def gestionnaire(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF exception handler; None (a bug of ours) lets Django log it and answer 500."""
    request: Request = context["request"]
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied(*exc.args)
    elif isinstance(exc, RequestDataTooBig):
        exc = TropVolumineuse()
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    entetes = {}
    if auth_header := getattr(exc, "auth_header", None):
        entetes["WWW-Authenticate"] = auth_header
    if (attente := getattr(exc, "wait", None)) is not None:
        entetes["Retry-After"] = f"{attente:.0f}"
    if isinstance(exc, exceptions.ValidationError):
        erreurs = list(_erreurs(exc.detail, ""))
        return probleme(
            request,
            exc.status_code,
            "Certaines données sont absentes ou incorrectes.",
            code="validation",
            erreurs=erreurs,
            entetes=entetes,
        )
    nom = exc.nom if isinstance(exc, ProblemeNomme) else ""
    return probleme(request, exc.status_code, str(exc.detail), code=nom, entetes=entetes)


def _erreurs(detail: Any, champ: str) -> Iterator[dict[str, str]]:
    """Flatten DRF's nested errors into (champ, message), fields joined by dots."""
    if isinstance(detail, dict):
        for cle, valeur in detail.items():
            if str(cle).isdigit():
                yield from _erreurs(valeur, f"{champ}[{cle}]")
                continue
            nom = "" if cle == "non_field_errors" else str(cle)
            yield from _erreurs(valeur, ".".join(filter(None, (champ, nom))))
    elif isinstance(detail, list | tuple):
        for rang, valeur in enumerate(detail):
            imbrique = isinstance(valeur, dict | list)
            yield from _erreurs(valeur, f"{champ}[{rang}]" if imbrique else champ)
    else:
        yield {"champ": champ, "message": str(detail)}


def _vers_api(request: HttpRequest) -> bool:
    return request.path.startswith(PREFIXE_API)


def requete_invalide(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _trop_volumineuse(request)
    if _vers_api(request):
        return probleme(request, 400, "La requête ne peut pas être lue.")
    return defaults.bad_request(request, exception)


def _trop_volumineuse(request: HttpRequest) -> HttpResponse:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if _vers_api(request) or en_json(request):
        return probleme(request, status, str(TropVolumineuse.default_detail))
    return render(request, "413.html", status=status)


def en_json(request: HttpRequest) -> bool:
    """Whether a script, rather than a person, reads the answer of a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def acces_refuse(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _vers_api(request):
        return probleme(request, 403, "Vous n’avez pas le droit de faire cela.")
    return defaults.permission_denied(request, exception)


def page_introuvable(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _vers_api(request):
        return probleme(request, 404, "Il n’y a rien à cette adresse.")
    return defaults.page_not_found(request, exception)


def erreur_interne(request: HttpRequest) -> HttpResponse:
    if _vers_api(request):
        return probleme(request, 500, "Une erreur est survenue ; elle a été enregistrée.")
    # Without the request: what failed may be what a context processor reads.
    return HttpResponseServerError(render_to_string("500.html", themes.contexte(request)))
