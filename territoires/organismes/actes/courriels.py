"""What officers are told; this room stands below the portal's notifications."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from portal.comptes.models import User

journal = logging.getLogger(__name__)


def annoncer(user_id: int, sujet: str, texte: str) -> None:
    """Tell an officer, once the transaction is committed; a failure to send is only logged."""
    contexte = {"texte": texte, "adresse": settings.ADRESSE_PUBLIQUE}
    message = EmailMessage(
        subject=" ".join(sujet.split()),
        body=render_to_string("organismes/courriels/affectation.txt", contexte),
        to=[User.objects.get(pk=user_id).email],
    )
    try:
        message.send()
    except OSError:  # smtplib's errors are too
        journal.exception("Agent %s : envoi en échec", user_id)
