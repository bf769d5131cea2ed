"""Agreements by which an organisme acts for another, or with it: dated, with their reference."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from territoires.organismes.models.competence import NatureAide
from territoires.organismes.models.organisme import Organisme
from territoires.organismes.querysets import ConventionQuerySet


class Convention(models.Model):
    """What some organismes (`donneurs`) entrust to others (`receveurs`), for which natures,
    where, and from when to when.

    Premises: EPCI may delegate to a département, and the Région takes part, by agreement (CGCT,
    article L1511-3); other aids: communes and EPCI take part by agreement (L1511-2).
    """

    class Genre(models.TextChoices):
        DELEGATION = "delegation", "Délégation de compétence"
        COFINANCEMENT = "cofinancement", "Convention de cofinancement"
        PARTENARIAT = "partenariat", "Convention de partenariat"

    #: Stable: exchange files name a convention by it.
    code = models.SlugField("code", max_length=80, unique=True)
    genre = models.CharField("genre", max_length=16, choices=Genre)
    reference = models.CharField("référence", max_length=200)
    donneurs = models.ManyToManyField(
        Organisme, related_name="conventions_donnees", verbose_name="qui confie"
    )
    receveurs = models.ManyToManyField(
        Organisme, related_name="conventions_recues", verbose_name="à qui"
    )
    natures = ArrayField(models.CharField(max_length=24, choices=NatureAide))
    #: Codes of the national notation, e.g. ["DEP-31"].
    perimetre = ArrayField(models.CharField(max_length=16), verbose_name="périmètre")
    signee_le = models.DateField("signée le", null=True, blank=True)
    debut = models.DateField("depuis le")
    #: Last day included; null while it lasts.
    fin = models.DateField("jusqu’au", null=True, blank=True)
    #: {"libelle", "url", "verifie"}: where it was read.
    source = models.JSONField("source", default=dict)
    #: Moves with each change: a page that shows an older one changes nothing.
    revision = models.PositiveIntegerField("révision", default=1)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = "convention"
        ordering = ("reference", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")),
                name="convention_dates_ordonnees",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def delegue(self) -> bool:
        """Whether a competence itself changes hands."""
        return self.genre == self.Genre.DELEGATION
