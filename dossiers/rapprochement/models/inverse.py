"""Reverse matching: what a publication changed for the stored dossiers, and who asked to know."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from aides.models import Publication
from dossiers.models import Dossier, VersionDossier
from dossiers.rapprochement.inverse.effets import Sens
from dossiers.rapprochement.inverse.querysets import RechercheInverseQuerySet
from dossiers.rapprochement.models.rapprochement import Resultat


class RechercheInverse(models.Model):
    """One publication against every stored dossier: how far it is, and who holds it.

    A worker takes the lease, compares batch after batch (each moves the cursor in the transaction
    that writes its changes), then tells. What a dead worker leaves is taken up from the cursor.
    """

    publication = models.OneToOneField(Publication, models.PROTECT, related_name="recherche")
    #: Dossiers to compare when it began: those that may change. Those deposited since were
    #: matched at their deposit.
    total = models.PositiveIntegerField("dossiers à examiner", null=True)
    examines = models.PositiveIntegerField("dossiers examinés", default=0)
    #: Primary key of the last row of facts that was compared.
    curseur = models.BigIntegerField("curseur", default=0)
    jeton = models.UUIDField("jeton du bail", null=True)
    bail_jusqu_a = models.DateTimeField("bail jusqu’à", null=True)
    tentatives = models.PositiveIntegerField("tentatives", default=0)
    #: Never null while something is left to do.
    prochaine_tentative = models.DateTimeField(
        "prochaine tentative", null=True, default=timezone.now
    )
    derniere_erreur = models.CharField("dernière erreur", max_length=500, blank=True)
    commencee_le = models.DateTimeField("commencée le", null=True)
    #: Every dossier was compared.
    comparee_le = models.DateTimeField("comparée le", null=True)
    #: Everyone who asked to know was told.
    terminee_le = models.DateTimeField("terminée le", null=True)

    objects = RechercheInverseQuerySet.as_manager()

    class Meta:
        verbose_name = "recherche inverse"
        verbose_name_plural = "recherches inverses"
        ordering = ("-publication_id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(terminee_le__isnull=False) | Q(prochaine_tentative__isnull=False),
                name="recherche_a_une_prochaine_tentative",
            )
        ]
        indexes = [
            models.Index(
                fields=["prochaine_tentative"],
                condition=Q(terminee_le__isnull=True),
                name="recherches_a_mener",
            )
        ]

    def __str__(self) -> str:
        return f"Recherche inverse, {self.publication}"

    @property
    def pourcentage(self) -> int:
        """How much of the comparison is done, 0 to 100."""
        if self.comparee_le is not None:
            return 100
        return min(99, self.examines * 100 // self.total) if self.total else 0


class Changement(models.Model):
    """A stored dossier whose outcome a publication changed."""

    recherche = models.ForeignKey(RechercheInverse, models.PROTECT, related_name="changements")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="changements")
    version_dossier = models.ForeignKey(VersionDossier, models.PROTECT, related_name="+")
    avant = models.CharField("issue avant", max_length=12, choices=Resultat.Valeur)
    apres = models.CharField("issue après", max_length=12, choices=Resultat.Valeur)
    sens = models.CharField("sens", max_length=6, choices=[(s.value, s.value) for s in Sens])
    #: When those who had asked to know were told.
    annonce_le = models.DateTimeField("annoncé le", null=True)

    class Meta:
        verbose_name = "changement d’issue"
        verbose_name_plural = "changements d’issue"
        ordering = ("recherche_id", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["recherche", "dossier"], name="un_changement_par_dossier"
            ),
            models.CheckConstraint(condition=~Q(avant=F("apres")), name="une_issue_qui_change"),
        ]
        indexes = [
            models.Index(
                fields=["recherche", "id"],
                condition=Q(sens="gagne", annonce_le__isnull=True),
                name="changements_a_annoncer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier} : {self.avant} → {self.apres}"


class Alerte(models.Model):
    """A member who asked to be told when a new aide suits a dossier; no row, no message."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="alertes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alertes")
    depuis = models.DateTimeField("depuis", auto_now_add=True)

    class Meta:
        verbose_name = "alerte"
        ordering = ("dossier_id", "pk")
        constraints = [
            models.UniqueConstraint(fields=["dossier", "user"], name="une_alerte_par_personne")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.dossier})"
