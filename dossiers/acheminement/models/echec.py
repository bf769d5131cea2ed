"""What failed, kept: what operators read, and what success rates are made of."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from dossiers.acheminement.models.acheminement import Acheminement


class Echec(models.Model):
    """One attempt that failed."""

    class Genre(models.TextChoices):
        PASSAGER = "passager", "Échec passager"
        DEFINITIF = "definitif", "Refus définitif"
        MORT = "mort", "Processus mort pendant l’envoi"
        PERTE = "perte", "Machine perdue pendant l’envoi"
        RETOUR = "retour", "Message revenu"

    acheminement = models.ForeignKey(Acheminement, models.PROTECT, related_name="echecs")
    le = models.DateTimeField("le", default=timezone.now)
    genre = models.CharField("genre", max_length=10, choices=Genre)
    #: French, for operators; no personal data.
    motif = models.CharField("motif", max_length=500)

    class Meta:
        verbose_name = "échec d’acheminement"
        verbose_name_plural = "échecs d’acheminement"
        ordering = ("-le", "-pk")
        indexes = [models.Index(fields=["le"])]

    def __str__(self) -> str:
        return f"{self.acheminement} : {self.motif}"
