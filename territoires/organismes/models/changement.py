"""Changes of competence prepared together: rehearsed, then applied in one transaction."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ChangementCompetences(models.Model):
    """The changes that a person prepares; nothing is in force before `applique_le`.

    `operations` is a list of objects as `territoires.organismes.operations` reads them. Applied,
    it stays, with the desks whose competences it set: exchange files leave those alone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="changements_competences"
    )
    operations = models.JSONField("opérations", default=list)
    #: Moves with each change: a page that shows an older one changes nothing.
    revision = models.PositiveIntegerField("révision", default=1)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)
    applique_le = models.DateTimeField("appliqué le", null=True, blank=True)
    guichets = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        verbose_name = "changement de compétences"
        verbose_name_plural = "changements de compétences"
        ordering = ("-modifie_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(applique_le__isnull=True),
                name="un_changement_prepare_par_personne",
            )
        ]

    def __str__(self) -> str:
        return f"Changement {self.pk}"
