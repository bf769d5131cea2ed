"""Who is competent, as dated data: guichet x nature d'aide x périmètre x period."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from territoires.organismes.models.organisme import Guichet
from territoires.organismes.querysets import CompetenceQuerySet


class NatureAide(models.TextChoices):
    """What an aid is for; the axis on which the law shares competence."""

    INVESTISSEMENT = "investissement", "Investissement"
    IMMOBILIER = "immobilier", "Immobilier d’entreprise"
    INNOVATION = "innovation", "Innovation, recherche"
    EXPORT = "export", "International"
    FORMATION = "formation", "Formation"
    EMPLOI = "emploi", "Emploi, recrutement"
    TRANSITION_ECOLOGIQUE = "transition_ecologique", "Transition écologique"
    NUMERIQUE = "numerique", "Numérique"
    CREATION_REPRISE = "creation_reprise", "Création, reprise"
    CONSEIL = "conseil", "Conseil, accompagnement"
    TRESORERIE = "tresorerie", "Trésorerie"
    MOBILITE = "mobilite", "Mobilité, transport"


class Competence(models.Model):
    """A desk is competent for one nature of aid over a périmètre, from `debut` to `fin`.

    Région: CGCT, article L1511-2. Premises: communes and EPCI, CGCT, article L1511-3. With a
    `convention`, the desk holds it from another organisme, and never longer than that says
    (`territoires.organismes.conventions`).
    """

    guichet = models.ForeignKey(Guichet, models.PROTECT, related_name="competences")
    nature = models.CharField("nature d’aide", max_length=24, choices=NatureAide)
    #: Codes of the national notation, e.g. ["REG-76"]; exclusions win.
    perimetre = ArrayField(models.CharField(max_length=16), verbose_name="périmètre")
    exclusions = ArrayField(
        models.CharField(max_length=16), verbose_name="exclusions", default=list, blank=True
    )
    debut = models.DateField("depuis le")
    #: Last day included; null while it lasts.
    fin = models.DateField("jusqu’au", null=True, blank=True)
    #: {"libelle", "url", "verifie"}: the article or agreement it rests on.
    base_legale = models.JSONField("base légale", default=dict)
    convention = models.ForeignKey(
        "organismes.Convention",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="competences",
    )

    objects = CompetenceQuerySet.as_manager()

    class Meta:
        verbose_name = "compétence"
        ordering = ("nature", "guichet", "debut", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")),
                name="competence_dates_ordonnees",
            )
        ]
        indexes = [models.Index(fields=["nature", "debut"])]

    def __str__(self) -> str:
        return f"{self.guichet} : {self.get_nature_display()}"
