"""One durable row per recipient and channel: attempts, lease, and two clocks."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dossiers.acheminement.querysets import AcheminementQuerySet
from dossiers.models import Demande, VersionDossier
from territoires.organismes.models import Guichet


class Acheminement(models.Model):
    """The handing over of a demande to a desk by one channel.

    *Remise* (handed over by the channel) and *accusée* (someone at the desk has it) are two
    things: each has its own column and its own clock.
    """

    class Canal(models.TextChoices):
        PORTAIL = "portail", "Corbeille du portail"
        COURRIEL = "courriel", "Courriel"

    demande = models.ForeignKey(Demande, models.PROTECT, related_name="acheminements")
    version_dossier = models.ForeignKey(VersionDossier, models.PROTECT, related_name="+")
    guichet = models.ForeignKey(Guichet, models.PROTECT, related_name="acheminements")
    canal = models.CharField("canal", max_length=12, choices=Canal)
    #: True for the desk's channel of record; the others are notifications.
    de_reference = models.BooleanField("canal de référence", default=True)
    #: Outgoing idempotency key, the same at every attempt.
    cle = models.UUIDField("clé d’idempotence", unique=True)
    tentatives = models.PositiveIntegerField("tentatives", default=0)
    #: Never null while the handing over is still to be done.
    prochaine_tentative = models.DateTimeField(
        "prochaine tentative", null=True, blank=True, default=timezone.now
    )
    derniere_erreur = models.CharField("dernière erreur", max_length=500, blank=True)
    #: Fencing token of the worker that holds the row, and until when.
    jeton = models.UUIDField("jeton", null=True, blank=True, default=None)
    bail_jusqu_a = models.DateTimeField("bail jusqu’à", null=True, blank=True)
    remise_le = models.DateTimeField("remise le", null=True, blank=True)
    accusee_le = models.DateTimeField("accusée le", null=True, blank=True)
    accusee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: When the desk redirected the demande: it is no longer handed over to it.
    rendue_le = models.DateTimeField("rendue le", null=True, blank=True)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    objects = AcheminementQuerySet.as_manager()

    class Meta:
        verbose_name = "acheminement"
        ordering = ("-cree_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["demande", "version_dossier", "guichet", "canal"],
                condition=Q(rendue_le__isnull=True),
                name="un_acheminement_par_canal",
            ),
            models.CheckConstraint(
                condition=Q(remise_le__isnull=False) | Q(prochaine_tentative__isnull=False),
                name="a_remettre_a_une_prochaine_tentative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["prochaine_tentative"],
                condition=Q(remise_le__isnull=True),
                name="acheminements_dus",
            )
        ]

    def __str__(self) -> str:
        return f"{self.demande} → {self.guichet} ({self.canal})"


def cle_idempotence(
    version: VersionDossier, aide_code: str, guichet: Guichet, canal: str, retour: int = 0
) -> uuid.UUID:
    """UUIDv5 of what is handed over to whom: two attempts at one thing share it.

    `retour`: how many times the desk has had the demande before, and redirected it.
    """
    nom = f"{version.empreinte}/{version.pk}/{aide_code}/{guichet.code}/{canal}"
    if retour:
        nom = f"{nom}/{retour}"
    return uuid.uuid5(uuid.NAMESPACE_URL, f"dossier-unique:{nom}")
