"""Telling people: a row in the transaction of what happened, an e-mail by a worker.

A row that the broker never hears of is found by the sweep; an e-mail that fails is tried again.
Sending is at least once: the same Message-ID lets mail systems fold two copies.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from dossiers.models import Demande, Notification
from portal.comptes.models import User

journal = logging.getLogger(__name__)

#: Delay before each new attempt at an e-mail, then daily.
REPRISES = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
#: How many e-mails one sweep sends: the next one, seconds later, takes the rest.
LOT = 100


@transaction.atomic(savepoint=False)
def prevenir(
    *,
    users: Iterable[User],
    sujet: str,
    texte: str,
    chemin: str,
    demande: Demande | None = None,
) -> list[Notification]:
    """Tell each person once; `chemin` is the path of the page to open, `texte` plain text."""
    return Notification.objects.bulk_create(
        avis(users=users, sujet=sujet, texte=texte, chemin=chemin, demande=demande)
    )


def avis(
    *,
    users: Iterable[User],
    sujet: str,
    texte: str,
    chemin: str,
    demande: Demande | None = None,
) -> list[Notification]:
    """What `prevenir` would write, for who tells of many things at once."""
    return [
        Notification(user=user, demande=demande, sujet=sujet, texte=texte, chemin=chemin)
        for user in sorted(set(users), key=lambda user: user.pk)
    ]


@transaction.atomic
def marquer_lues(*, user: User, pks: Iterable[int] | None = None) -> int:
    """Mark the person's notifications as read, all of them or those of `pks`; how many."""
    lues = Notification.objects.filter(user=user, lue_le__isnull=True)
    if pks is not None:
        lues = lues.filter(pk__in=pks)
    return lues.update(lue_le=timezone.now())


def dernier_courriel_revenu(user: User) -> bool:
    """Whether the last e-mail that left for this person came back."""
    envoyees = Notification.objects.filter(user=user, envoyee_le__isnull=False)
    dernieres = envoyees.order_by("-envoyee_le", "-pk").values_list("revenue_le", flat=True)
    return dernieres.first() is not None


def envoyer_dues() -> int:
    """Send the e-mails that are due; how many left."""
    dues = Notification.objects.filter(
        envoyee_le__isnull=True, prochaine_tentative__lte=timezone.now()
    )
    pks = list(dues.order_by("prochaine_tentative", "pk").values_list("pk", flat=True)[:LOT])
    return sum(envoyer(notification_id=pk) for pk in pks)


def envoyer(*, notification_id: int) -> bool:
    """Try once to send an e-mail; False when it is not due, or failed and will be tried again.

    The attempt is counted and the next one planned before the call: a crash during it is seen.
    """
    maintenant = timezone.now()
    prises = Notification.objects.filter(
        pk=notification_id, envoyee_le__isnull=True, prochaine_tentative__lte=maintenant
    ).update(tentatives=F("tentatives") + 1, prochaine_tentative=maintenant + REPRISES[0])
    if not prises:
        return False
    notification = Notification.objects.select_related("user").get(pk=notification_id)
    try:
        _courriel(notification).send()
    except Exception:  # whatever the failure of the mail server, try again later
        journal.exception("Notification %s : envoi en échec", notification_id)
        delai = REPRISES[min(notification.tentatives, len(REPRISES)) - 1]
        Notification.objects.filter(pk=notification_id).update(
            prochaine_tentative=timezone.now() + delai
        )
        return False
    Notification.objects.filter(pk=notification_id).update(
        envoyee_le=timezone.now(), prochaine_tentative=None
    )
    return True


def _courriel(notification: Notification) -> EmailMessage:
    contexte = {
        "notification": notification,
        "adresse": urljoin(settings.ADRESSE_PUBLIQUE, notification.chemin),
    }
    return composer(
        sujet=notification.sujet,
        texte=render_to_string("notifications/courriel.txt", contexte),
        a=notification.user.email,
        identifiant=f"notification-{notification.pk}",
    )


def composer(*, sujet: str, texte: str, a: str, identifiant: str) -> EmailMessage:
    """An e-mail of the portal to one address.

    `identifiant` names it in its Message-ID, the same at every attempt, and in the address to
    which it comes back when it cannot be delivered (the setting ADRESSE_RETOURS).
    """
    domaine = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{identifiant}@{domaine}>", "Auto-Submitted": "auto-generated"}
    retours = settings.ADRESSE_RETOURS.replace("{identifiant}", identifiant)
    if retours:
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    return EmailMessage(
        subject=" ".join(sujet.split()),
        body=texte,
        from_email=retours or None,
        to=[a],
        headers=headers,
    )
