"""Where a person invited to a company answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from dossiers.depot import actes
from dossiers.models import InvitationEntreprise
from portal.comptes.models import User
from portal.comptes.pages import lien_inconnu, repondre


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """Joining is done by POST: mail scanners follow links."""
    recue = InvitationEntreprise.du_jeton(jeton)
    if recue is None:
        return lien_inconnu(request)
    entreprise = recue.entreprise

    def accepter(user: User) -> HttpResponse:
        actes.rejoindre(invitation=recue, user=user)
        messages.success(request, f"Vous êtes maintenant membre de {entreprise.nom}.")
        return redirect("depot:entreprise", entreprise.siren)

    quoi = f"rejoindre l’entreprise {entreprise.nom}"
    return repondre(request, recue, quoi=quoi, accepter=accepter)
