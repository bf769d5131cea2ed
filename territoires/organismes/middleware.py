"""A second factor for whoever decides for others: officers, and administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.comptes.models import User

#: Rooms (namespaces of addresses) where people act for an organisme or for the portal, and those
#: that give out what they read there.
PIECES_GARDEES = frozenset(
    {"instruction", "bureau", "organismes", "competences", "admin", "pieces", "documents"}
)
EXPLICATION = (
    "Avant d’ouvrir cette page, protégez votre compte par un second code : vos droits vous font "
    "voir les dossiers de plusieurs entreprises. Il suffit d’un téléphone et de deux minutes."
)


class DoubleAuthentification:
    """Send those who must have a second factor and have none to the page that sets it up.

    Only where MFA_OBLIGATOIRE_AGENTS is true. Their own account stays open to them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, vue: Any, args: Any, options: Any
    ) -> HttpResponse | None:
        if not settings.MFA_OBLIGATOIRE_AGENTS or not isinstance(request.user, User):
            return None
        gardee = request.resolver_match and PIECES_GARDEES.intersection(
            request.resolver_match.namespaces
        )
        if not gardee or not agit_pour_autrui(request.user) or is_mfa_enabled(request.user):
            return None
        messages.warning(request, EXPLICATION)
        return redirect("mfa_activate_totp")


def agit_pour_autrui(user: User) -> bool:
    """Officers of a desk, catalogue managers, administrators of an organisme or of the portal."""
    return (
        user.is_staff
        or user.affectations.exists()
        or user.administrations.exists()
        or user.gestions.exists()
    )
