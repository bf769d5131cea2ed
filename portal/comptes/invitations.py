"""Invitations: one row each, bound to an address, used once, for a time, by a signed link.

Each room joins people to something of its own; this is what their invitations share.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, Self
from urllib.parse import urljoin

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils import timezone

from portal.comptes.models import User

journal = logging.getLogger(__name__)

#: How long a link can be used after it was last sent.
DUREE = timedelta(days=14)
#: Between two messages to the same address, so that nobody is flooded.
ENTRE_DEUX_ENVOIS = timedelta(minutes=2)
#: How many may wait for one company or one organisme.
MAXIMUM_EN_ATTENTE = 50


class Refus(StrEnum):
    """Why an invitation cannot be used; the value is what the page calls it."""

    INCONNUE = "inconnue"
    UTILISEE = "utilisee"
    REVOQUEE = "revoquee"
    EXPIREE = "expiree"
    AUTRE_ADRESSE = "autre_adresse"


class InvitationRefusee(Exception):
    """The invitation cannot be used by this person; nothing changed."""

    def __init__(self, refus: Refus) -> None:
        super().__init__(refus)
        self.refus = refus


class InvitationImpossible(Exception):
    """The invitation is not sent; the message is French, for the person who invites."""


class InvitationQuerySet(models.QuerySet[Any]):
    """Invitations."""

    def sans_suite(self) -> Self:
        """Neither used nor withdrawn: waiting, or expired."""
        return self.filter(acceptee_le__isnull=True, revoquee_le__isnull=True)

    def en_attente(self) -> Self:
        """Those that can still be used."""
        return self.sans_suite().filter(expire_le__gt=timezone.now())

    def pour(self, user: User) -> Self:
        """Those sent to an address that this person has confirmed."""
        confirmees = EmailAddress.objects.filter(user=user, verified=True)
        return self.filter(courriel__in=confirmees.values(adresse=Lower("email")))


def expiration() -> datetime:
    return timezone.now() + DUREE


def adresses_confirmees(user: User) -> list[str]:
    """In lower case."""
    adresses = EmailAddress.objects.filter(user=user, verified=True)
    return [adresse.lower() for adresse in adresses.values_list("email", flat=True)]


class Invitation(models.Model):
    """What an invitation is, whatever it joins a person to.

    `MODELE` names the two templates of its message, `<MODELE>_sujet.txt` and `<MODELE>.txt`.
    """

    MODELE: ClassVar[str]

    courriel = models.EmailField("adresse électronique")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    creee_le = models.DateTimeField("créée le", auto_now_add=True)
    expire_le = models.DateTimeField("expire le", default=expiration)
    #: When the message last left; null while it has not.
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    acceptee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revoquee_le = models.DateTimeField("annulée le", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def get_absolute_url(self) -> str:
        """The page where the invited person answers."""
        raise NotImplementedError

    @classmethod
    def _signature(cls) -> signing.Signer:
        return signing.Signer(sep=".", salt=cls._meta.label)

    @property
    def jeton(self) -> str:
        return self._signature().sign(str(self.pk))

    @classmethod
    def du_jeton(cls, jeton: str) -> Self | None:
        """The invitation that a link names; None for a link that we did not write."""
        try:
            pk = cls._signature().unsign(jeton)
        except signing.BadSignature:
            return None
        return cls._default_manager.filter(pk=pk).first()

    @property
    def expiree(self) -> bool:
        return self.expire_le <= timezone.now()

    def refus(self, user: User | AnonymousUser) -> Refus | None:
        """Why `user` cannot use it now, if so; a stranger is told only what the link has become."""
        if self.acceptee_le is not None:
            return Refus.UTILISEE
        if self.revoquee_le is not None:
            return Refus.REVOQUEE
        if self.expiree:
            return Refus.EXPIREE
        if isinstance(user, User) and self.courriel not in adresses_confirmees(user):
            return Refus.AUTRE_ADRESSE
        return None


def renouveler(invitation: Invitation, *, nouvelle: bool = False) -> None:
    """Give it its whole time again and send its message once the transaction is committed.

    Raises InvitationImpossible when the message left a moment ago.
    """
    recente = invitation.envoyee_le and timezone.now() - invitation.envoyee_le < ENTRE_DEUX_ENVOIS
    if recente and not nouvelle:
        raise InvitationImpossible(
            "Le message vient de partir : attendez deux minutes avant de le renvoyer."
        )
    invitation.expire_le, invitation.envoyee_le = expiration(), None
    invitation.save(update_fields=["expire_le", "envoyee_le"])
    transaction.on_commit(partial(expedier, type(invitation), invitation.pk), robust=True)


def expedier(modele: type[Invitation], pk: int) -> None:
    """Send the message; a failure is logged, and the page that lists invitations shows it."""
    invitation = modele._default_manager.get(pk=pk)
    contexte = {
        "invitation": invitation,
        "adresse": urljoin(settings.ADRESSE_PUBLIQUE, invitation.get_absolute_url()),
    }
    sujet = render_to_string(f"{modele.MODELE}_sujet.txt", contexte)
    message = EmailMessage(
        subject=" ".join(sujet.split()),
        body=render_to_string(f"{modele.MODELE}.txt", contexte),
        to=[invitation.courriel],
    )
    try:
        message.send()
    except OSError:  # smtplib's errors are too
        journal.exception("%s : envoi en échec", invitation)
        return
    modele._default_manager.filter(pk=pk).update(envoyee_le=timezone.now())


def utiliser(invitation: Invitation, user: User) -> None:
    """Mark a locked invitation as used by `user`. Raises InvitationRefusee."""
    if refus := invitation.refus(user):
        raise InvitationRefusee(refus)
    invitation.acceptee_le, invitation.acceptee_par = timezone.now(), user
    invitation.save(update_fields=["acceptee_le", "acceptee_par"])


def revoquer(invitation: Invitation) -> bool:
    """Withdraw an invitation that waits; False when there is nothing to withdraw."""
    if invitation.acceptee_le is not None or invitation.revoquee_le is not None:
        return False
    invitation.revoquee_le = timezone.now()
    invitation.save(update_fields=["revoquee_le"])
    return True
