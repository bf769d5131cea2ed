"""The bodies behind a version of an aide, with their roles in the national schema."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from aides.models.aide import VersionAide
from territoires.organismes.models import Organisme


class Porteur(models.Model):
    """An organisme and the roles it plays: diffuseur, financeur, instructeur."""

    class Role(models.TextChoices):
        DIFFUSEUR = "diffuseur", "Diffuseur"
        FINANCEUR = "financeur", "Financeur"
        INSTRUCTEUR = "instructeur", "Instructeur"

    version = models.ForeignKey(VersionAide, models.CASCADE, related_name="porteurs")
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="porte")
    roles = ArrayField(models.CharField(max_length=12, choices=Role))
    #: Position in the exchange document, kept so that the round trip is the identity.
    rang = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "porteur"
        ordering = ("version", "rang")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisme"], name="un_porteur_par_organisme"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisme} ({', '.join(self.roles)})"
