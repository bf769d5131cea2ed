"""What allauth asks of us: where a person lands, and where the links in its e-mails lead."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from portal.comptes.models import User

journal = logging.getLogger(__name__)
ENVOI_EN_ECHEC = (
    "Le message n’a pas pu partir : notre messagerie ne répond pas. Réessayez dans quelques "
    "minutes, rien de ce que vous avez fait n’est perdu."
)


class AdaptateurComptes(DefaultAccountAdapter):  # type: ignore[misc]
    """Where each lands after signing in; `next` still wins.

    Administrators on what waits for them, officers on their desk, those who administer an
    organisme on its page, the others on their dossiers.
    """

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        if not isinstance(user, User):
            return reverse("depot:liste")
        if user.is_staff:
            return reverse("instruction:file")
        if user.affectations.exists():
            return reverse("instruction:corbeille")
        if user.administrations.exists():
            return reverse("organismes:liste")
        return reverse("depot:liste")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def unstash_verified_email(self, request: HttpRequest) -> str | None:
        """An invitation proves the address it was sent to, for who signs up with it only."""
        garde: str | None = super().unstash_verified_email(request)
        return garde if garde == request.POST.get("email", "").strip().lower() else None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links lead to the portal's own address, whatever host the request named."""
        ici, publique = self.request.build_absolute_uri("/"), f"{settings.ADRESSE_PUBLIQUE}/"
        contexte = {
            cle: valeur.replace(ici, publique, 1)
            if isinstance(valeur, str) and valeur.startswith(ici)
            else valeur
            for cle, valeur in context.items()
        }
        contexte["adresse_publique"] = settings.ADRESSE_PUBLIQUE
        try:
            super().send_mail(template_prefix, email, contexte)
        except (SMTPException, OSError):
            # What was done stands; the person asks for the message again.
            journal.exception("Courriel %s : envoi en échec", template_prefix)
            messages.error(self.request, ENVOI_EN_ECHEC)
