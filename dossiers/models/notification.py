"""What a person is told: kept in the portal, and sent by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dossiers.models.demande import Demande


class Notification(models.Model):
    """One thing told to one person, written in the transaction that caused it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    demande = models.ForeignKey(
        Demande, models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    sujet = models.CharField("sujet", max_length=200)
    texte = models.TextField("texte", max_length=2000)
    #: Path in the portal of the page to open.
    chemin = models.CharField("chemin", max_length=300)
    creee_le = models.DateTimeField("créée le", auto_now_add=True)
    lue_le = models.DateTimeField("lue le", null=True, blank=True)
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    #: When the e-mail came back: the person has it here only.
    revenue_le = models.DateTimeField("revenue le", null=True, blank=True)
    tentatives = models.PositiveIntegerField("tentatives", default=0)
    #: Never null while the e-mail is still to be sent.
    prochaine_tentative = models.DateTimeField(
        "prochaine tentative", null=True, blank=True, default=timezone.now
    )

    class Meta:
        verbose_name = "notification"
        ordering = ("-creee_le", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(envoyee_le__isnull=False) | Q(prochaine_tentative__isnull=False),
                name="a_envoyer_a_une_prochaine_tentative",
            )
        ]
        indexes = [
            models.Index(fields=["user", "-creee_le"]),
            models.Index(
                fields=["prochaine_tentative"],
                condition=Q(envoyee_le__isnull=True),
                name="notifications_a_envoyer",
            ),
        ]

    def __str__(self) -> str:
        return self.sujet
