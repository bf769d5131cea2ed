"""The journal: what happened, to which object, by whom. Append-only."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone


class Evenement(models.Model):
    """One line of the journal.

    It holds identifiers and hashes, never a name or an address, so that erasing a person
    stays possible. A database trigger refuses UPDATE, DELETE and TRUNCATE.
    """

    class TypeActeur(models.TextChoices):
        PERSONNE = "personne", "Personne"
        SYSTEME = "systeme", "Système"

    quand = models.DateTimeField(default=timezone.now, editable=False)
    verbe = models.CharField(max_length=60)
    acteur_id = models.BigIntegerField(null=True, editable=False)
    acteur_type = models.CharField(max_length=10, choices=TypeActeur)
    objet_type = models.CharField(max_length=80)
    objet_id = models.CharField(max_length=40)
    dossier_id = models.BigIntegerField(null=True, db_index=True)
    donnees = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "journal"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["objet_type", "objet_id"], name="socle_evenement_objet"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(acteur_type="personne", acteur_id__isnull=False)
                | models.Q(acteur_type="systeme", acteur_id__isnull=True),
                name="socle_evenement_acteur",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quand:%Y-%m-%d %H:%M} {self.verbe} {self.objet_type} {self.objet_id}"
