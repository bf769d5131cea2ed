"""Who files: a program, by its token, or a person signed in to the portal.

A program acts for one account, and may what that account may: nothing more.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauth2_provider.scopes import get_scopes_backend
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.comptes.models import User

LIRE, ECRIRE = "depots:lire", "depots:ecrire"
SCHEMA = "Bearer"


class Jeton(BaseAuthentication):
    """An access token of OAuth 2.0, in the header `Authorization: Bearer …`."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        if not request.META.get("HTTP_AUTHORIZATION", "").startswith(f"{SCHEMA} "):
            return None
        coeur = get_oauthlib_core()
        # Without the body, which is not to be read yet: a token comes in the header only.
        valide, lue = coeur.server.verify_request(
            request.build_absolute_uri(request.path), request.method, None,
            coeur.extract_headers(request._request), scopes=[],
        )  # fmt: skip
        if not valide:
            raise AuthenticationFailed(
                "Ce jeton est inconnu, expiré ou révoqué : demandez-en un autre."
            )
        compte = lue.client.user
        if compte is None or not compte.is_active:
            raise AuthenticationFailed("Le compte pour lequel ce programme agit est fermé.")
        return compte, lue.access_token

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEMA} realm="api"'


class Session(SessionAuthentication):
    """A person signed in to the portal; a form of another site is refused in French."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refus:
            raise PermissionDenied(
                "Le jeton de session contre les requêtes forgées manque ou n’est plus bon : "
                "envoyez-le dans l’en-tête X-CSRFToken, ou utilisez un jeton d’accès."
            ) from refus


class PorteeInsuffisante(PermissionDenied):
    """A token that was not asked for this; says which scope is missing, as RFC 6750 wants."""

    def __init__(self, portee: str) -> None:
        super().__init__(f"Ce jeton ne le permet pas : demandez-en un avec la portée {portee}.")
        self.auth_header = f'{SCHEMA} realm="api", error="insufficient_scope", scope="{portee}"'


class Portee(IsAuthenticated):
    """Signed in, and for a program: with a token that reads, or that writes."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            raise NotAuthenticated(
                f"Il faut un jeton d’accès : demandez-le à {reverse('api-jeton')}, puis envoyez-le "
                "dans l’en-tête « Authorization: Bearer … ». Le guide le montre : "
                f"{reverse('guide', args=['api'])}."
            )
        portee = portee_de(str(request.method))
        if isinstance(request.auth, AccessToken) and not request.auth.is_valid([portee]):
            raise PorteeInsuffisante(portee)
        return True


def portee_de(methode: str) -> str:
    """The scope that a method of HTTP asks for."""
    return LIRE if methode in SAFE_METHODS else ECRIRE


class SchemaJeton(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes a token."""

    target_class = Jeton
    name = "jeton"

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        return {self.name: [portee_de(auto_schema.method)]}

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        portees = get_scopes_backend().get_all_scopes()
        return {
            "type": "oauth2",
            "description": "Un programme agit pour un compte, avec les droits de ce compte. "
            "L’administration du portail lui donne un identifiant et un secret.",
            "flows": {"clientCredentials": {"tokenUrl": "/api/v1/oauth/jeton/", "scopes": portees}},
        }


class SchemaSession(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes a session."""

    target_class = Session
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "La session d’une personne connectée au portail ; un envoi porte aussi "
            "l’en-tête X-CSRFToken.",
        }
