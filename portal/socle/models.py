"""The journal: what happened, to which object, by whom. Append-only."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone


class Evenement(models.Model):
    """One line of the journal.

    It holds identifiers and hashes, never a name or an address, so that erasing a person
    stays possible. A database trigger refuses UPDATE, DELETE and TRUNCATE; another writes the
    last four columns, whatever was sent: each line carries the hash of the one before it in its
    chain, so that a past changed by other means is found (`portal.socle.verification`).
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
    #: "dossier:12", or "comptes.user:7" for what is of no dossier.
    chaine = models.CharField(max_length=130, db_default="", editable=False)
    #: 1, 2, … without a gap, in the order in which the lines of the chain were written.
    rang = models.BigIntegerField(db_default=0, editable=False)
    #: `empreinte` of the line before; empty for the first.
    precedente = models.CharField(max_length=64, db_default="", editable=False)
    #: SHA-256 of everything above, hexadecimal.
    empreinte = models.CharField(max_length=64, db_default="", editable=False)

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "journal"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["objet_type", "objet_id"], name="socle_evenement_objet"),
            # How many demandes were ever filed, without reading the rest of the journal.
            models.Index(
                fields=["verbe"],
                condition=models.Q(verbe="deposer_demande"),
                name="socle_evenement_depots",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(acteur_type="personne", acteur_id__isnull=False)
                | models.Q(acteur_type="systeme", acteur_id__isnull=True),
                name="socle_evenement_acteur",
            ),
            models.UniqueConstraint(fields=["chaine", "rang"], name="socle_evenement_rang"),
        ]

    def __str__(self) -> str:
        return f"{self.quand:%Y-%m-%d %H:%M} {self.verbe} {self.objet_type} {self.objet_id}"


class TeteChaine(models.Model):
    """Where a chain of the journal stands: its last line. Only the journal's trigger writes it.

    Its row lock makes the writers of one chain take their turn until they commit.
    """

    chaine = models.CharField(max_length=130, primary_key=True, editable=False)
    rang = models.BigIntegerField(editable=False)
    empreinte = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = "tête de chaîne"
        verbose_name_plural = "têtes de chaîne"

    def __str__(self) -> str:
        return f"{self.chaine} : {self.rang}"
