"""The page where an invited person answers, whatever the invitation is for."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.comptes.invitations import Invitation, InvitationRefusee, Refus
from portal.comptes.models import User

STATUTS = {
    Refus.INCONNUE: HTTPStatus.NOT_FOUND,
    Refus.UTILISEE: HTTPStatus.GONE,
    Refus.REVOQUEE: HTTPStatus.GONE,
    Refus.EXPIREE: HTTPStatus.GONE,
    Refus.AUTRE_ADRESSE: HTTPStatus.FORBIDDEN,
}


def repondre(
    request: HttpRequest,
    invitation: Invitation,
    *,
    quoi: str,
    accepter: Callable[[User], HttpResponse],
) -> HttpResponse:
    """Show the invitation; join on POST only, by the person whose address it names.

    `quoi` completes "Vous êtes invité à…". A stranger who has no account makes one, and comes
    back here: the link was sent to their address, which needs no other proof.
    """
    user = request.user
    refus = invitation.refus(user)
    action = request.POST.get("action")
    if refus is None and action == "creer_compte" and not isinstance(user, User):
        get_adapter(request).stash_verified_email(request, invitation.courriel)
        return redirect(_suite("account_signup", invitation))
    if refus is None and action == "rejoindre":
        if not isinstance(user, User):
            return redirect(_suite("account_login", invitation))
        try:
            return accepter(user)
        except InvitationRefusee as refuse:
            refus = refuse.refus
    return _page(request, invitation, quoi, refus)


def lien_inconnu(request: HttpRequest) -> HttpResponse:
    """The page of a link that we did not write."""
    return _page(request, None, "", Refus.INCONNUE)


def _suite(nom: str, invitation: Invitation) -> str:
    return f"{reverse(nom)}?{urlencode({'next': invitation.get_absolute_url()})}"


def _page(
    request: HttpRequest, invitation: Invitation | None, quoi: str, refus: Refus | None
) -> HttpResponse:
    contexte = {
        "refus": refus,
        # Whoever it was not sent to learns nothing of what it opens.
        "quoi": "" if refus else quoi,
        "courriel": invitation.courriel if invitation and refus is None else "",
        "connexion": _suite("account_login", invitation) if invitation else "",
    }
    statut = STATUTS[refus] if refus else HTTPStatus.OK
    return render(request, "comptes/invitation.html", contexte, status=statut)
