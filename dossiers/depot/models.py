"""What this room keeps: answers given before having anything here, and deposits by API."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from dossiers.models import Dossier


class ReponsesGardees(models.Model):
    """The answers of a simulation, kept for its author until they open a dossier with them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: Code of fact -> exchanged JSON; only answered facts.
    reponses = models.JSONField("réponses", default=dict)
    #: Codes of the aides they had in mind.
    aides = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    gardees_le = models.DateTimeField("gardées le", auto_now=True)

    class Meta:
        verbose_name = "réponses gardées"
        verbose_name_plural = "réponses gardées"
        ordering = ("-gardees_le", "-pk")

    def __str__(self) -> str:
        return f"Réponses gardées le {self.gardees_le:%d/%m/%Y}"


class EnvoiApi(models.Model):
    """A deposit by API, under the key that its sender drew: sent again, it is answered again.

    Written in the transaction of the deposit: there is neither a deposit without its key nor a
    key without its deposit. It is kept as long as the content of the dossier, and goes with it.
    """

    compte = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: What the header `Idempotency-Key` said.
    cle = models.CharField("clé", max_length=255)
    #: SHA-256 of the canonical JSON that was sent.
    empreinte = models.CharField("empreinte", max_length=64)
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="+")
    #: What was answered; numbers, hashes and addresses, nothing of what was sent.
    reponse = models.JSONField("réponse")
    recu_le = models.DateTimeField("reçu le", auto_now_add=True)

    class Meta:
        verbose_name = "envoi par API"
        verbose_name_plural = "envois par API"
        ordering = ("-recu_le", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["compte", "cle"], name="un_envoi_par_cle"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.numero}, reçu le {self.recu_le:%d/%m/%Y}"
