"""The system of a desk: where it is called, with which secrets, what it acknowledged."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from dossiers.acheminement.models.acheminement import Acheminement
from territoires.organismes.models import Guichet


class Connexion(models.Model):
    """How the portal reaches the system of a desk."""

    guichet = models.OneToOneField(Guichet, models.CASCADE, related_name="connexion")
    url = models.CharField("adresse", max_length=500)
    #: Whether demandes are handed over to it: it is then the desk's channel of record.
    active = models.BooleanField("active", default=False)
    essai_le = models.DateTimeField("dernier essai le", null=True, blank=True)
    essai_reussi = models.BooleanField("dernier essai réussi", default=False)
    #: What the last trial showed, in French; empty since the address changed.
    essai = models.CharField("résultat du dernier essai", max_length=500, blank=True)
    creee_le = models.DateTimeField("créée le", auto_now_add=True)

    class Meta:
        verbose_name = "connexion d’un guichet"
        verbose_name_plural = "connexions des guichets"
        ordering = ("guichet",)

    def __str__(self) -> str:
        return f"{self.guichet} : {self.url}"


class SecretConnexionQuerySet(models.QuerySet["SecretConnexion"]):
    """Secrets."""

    def vivants(self, instant: datetime | None = None) -> SecretConnexionQuerySet:
        """Those that sign and verify, the newest first."""
        instant = instant or timezone.now()
        return self.filter(Q(expire_le__isnull=True) | Q(expire_le__gt=instant)).order_by("-pk")


class SecretConnexion(models.Model):
    """A secret shared with the system of a desk. Several live at once while they rotate."""

    connexion = models.ForeignKey(Connexion, models.CASCADE, related_name="secrets")
    #: See `dossiers.acheminement.webhook.coffre`.
    chiffre = models.TextField("secret chiffré")
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    #: Null for the one in use; a date for those that it replaced.
    expire_le = models.DateTimeField("expire le", null=True, blank=True)

    objects = SecretConnexionQuerySet.as_manager()

    class Meta:
        verbose_name = "secret de connexion"
        verbose_name_plural = "secrets de connexion"
        ordering = ("connexion", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["connexion"],
                condition=Q(expire_le__isnull=True),
                name="un_secret_sans_fin",
            )
        ]

    def __str__(self) -> str:
        return f"Secret {self.pk} de la connexion {self.connexion_id}"


class AccuseRecu(models.Model):
    """A signed message by which the system of a desk acknowledged, and what became of it.

    One row per message: the same message answers the same again, whatever happened since.
    """

    class Resultat(models.TextChoices):
        PRIS = "pris", "Pris en compte"
        DEJA = "deja", "Déjà accusée"
        CLE_INCONNUE = "cle_inconnue", "Clé inconnue"
        AUTRE_GUICHET = "autre_guichet", "Clé d’un autre guichet"
        AUTRE_CONTENU = "autre_contenu", "Empreinte d’un autre contenu"

    guichet = models.ForeignKey(Guichet, models.CASCADE, related_name="accuses_recus")
    #: As its sender numbers it (webhook-id).
    message = models.CharField("identifiant du message", max_length=200)
    #: SHA-256 of its body: the same identifier with another body is another message.
    corps = models.CharField("empreinte du corps", max_length=64)
    cle = models.UUIDField("clé")
    #: Null when we know of no such handing over to this desk.
    acheminement = models.ForeignKey(
        Acheminement, models.PROTECT, null=True, blank=True, related_name="accuses_recus"
    )
    resultat = models.CharField("résultat", max_length=16, choices=Resultat)
    #: The number of the case at the desk, as it says.
    reference = models.CharField("référence au guichet", max_length=100, blank=True)
    #: When the system says that it had the demande, and when we had its message.
    declare_le = models.DateTimeField("reçue au guichet le")
    recu_le = models.DateTimeField("reçu le", auto_now_add=True)

    class Meta:
        verbose_name = "accusé de réception reçu"
        verbose_name_plural = "accusés de réception reçus"
        ordering = ("-recu_le", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["guichet", "message"], name="un_accuse_par_message")
        ]

    def __str__(self) -> str:
        return f"{self.guichet} : {self.cle} ({self.resultat})"


def reference_au_guichet() -> Subquery:
    """For a query of demandes: the number that a demande has in the system of the desk that has
    it, as its last acknowledgement says; None when it says none.
    """
    accuses = AccuseRecu.objects.filter(
        acheminement__demande=OuterRef("pk"),
        acheminement__rendue_le__isnull=True,
        guichet=OuterRef("guichet"),
        resultat__in=[AccuseRecu.Resultat.PRIS, AccuseRecu.Resultat.DEJA],
    ).exclude(reference="")
    return Subquery(accuses.order_by("-pk").values("reference")[:1])
