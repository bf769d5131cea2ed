"""What a person answered before having anything here."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


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
