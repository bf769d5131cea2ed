"""What an officer found of the conditions that no fact can decide."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from dossiers.models.demande import Demande


class Verification(models.Model):
    """The answer of the officer to one `AVerifier` leaf of the aide asked for.

    It stands beside the match that the deposit kept, and never changes it.
    """

    class Reponse(models.TextChoices):
        OUI = "oui", "Oui"
        NON = "non", "Non"
        PAS_ENCORE = "pas_encore", "Pas encore"

    demande = models.ForeignKey(Demande, models.PROTECT, related_name="verifications")
    #: Stable within the version of the aide (aides.criteres.arbre.AVerifier).
    code = models.CharField("condition", max_length=200)
    reponse = models.CharField("réponse", max_length=10, choices=Reponse)
    commentaire = models.CharField("commentaire", max_length=500, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    le = models.DateTimeField("le")

    class Meta:
        verbose_name = "vérification"
        ordering = ("demande", "code")
        constraints = [
            models.UniqueConstraint(
                fields=["demande", "code"], name="une_verification_par_condition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.demande}, {self.code} : {self.get_reponse_display()}"
