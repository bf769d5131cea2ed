"""What happened to an aide: the row by which the rooms above learn it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from aides.models.aide import Aide, VersionAide


class Publication(models.Model):
    """A change of what an aide asks for, written in the transaction that makes it.

    A new version (a closed one closes the aide), or a day on which the present version opens or
    closes by itself. Whoever must act on it reads the rows: nothing is lost with a message.
    """

    class Motif(models.TextChoices):
        VERSION = "version", "Nouvelle version"
        FENETRE = "fenetre", "Ouverture ou clôture à cette date"

    aide = models.ForeignKey(Aide, models.CASCADE, related_name="publications")
    motif = models.CharField("motif", max_length=8, choices=Motif, default=Motif.VERSION)
    #: The published version before, None for a new aide.
    avant = models.ForeignKey(VersionAide, models.PROTECT, null=True, related_name="+")
    #: The published version after; the same as `avant` when only the date moved.
    apres = models.ForeignKey(VersionAide, models.PROTECT, related_name="publications")
    #: The first day on which it holds.
    jour = models.DateField("jour d’effet")
    le = models.DateTimeField("publiée le")
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="par"
    )

    class Meta:
        verbose_name = "publication"
        ordering = ("-le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["apres"], condition=Q(motif="version"), name="une_publication_par_version"
            ),
            models.UniqueConstraint(
                fields=["apres", "jour"],
                condition=Q(motif="fenetre"),
                name="une_publication_par_jour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.apres.titre} (version {self.apres.numero})"
