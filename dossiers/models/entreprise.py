"""Companies and their members."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from dossiers.querysets import EntrepriseQuerySet, MembreQuerySet
from portal.comptes.invitations import Invitation, InvitationQuerySet
from portal.comptes.models import User
from portal.socle.permissions import Permission
from territoires.normalisation import normaliser


class Entreprise(models.Model):
    """A company, known by its SIREN; the SIRET is the establishment that asks."""

    siren = models.CharField("SIREN", max_length=9, unique=True)
    siret = models.CharField("SIRET", max_length=14)
    #: As its members declared it; no register has been asked yet.
    nom = models.CharField("raison sociale", max_length=200)
    #: Derived from `nom` by `save`: how searches compare it.
    nom_recherche = models.CharField(max_length=400, blank=True, editable=False)
    membres = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="dossiers.Membre", related_name="entreprises"
    )
    creee_le = models.DateTimeField("créée le", auto_now_add=True)
    #: When an administrator of the portal checked that its members may speak for it; the first
    #: person to name a SIREN is believed until then, and the desks are told so.
    verifiee_le = models.DateTimeField("vérifiée le", null=True, blank=True)

    objects = EntrepriseQuerySet.as_manager()

    class Meta:
        verbose_name = "entreprise"
        ordering = ("nom", "pk")

    def __str__(self) -> str:
        return self.nom

    def save(self, *args: Any, **options: Any) -> None:
        self.nom_recherche = normaliser(self.nom)
        champs = options.get("update_fields")
        if champs is not None and "nom" in champs:
            options["update_fields"] = {*champs, "nom_recherche"}
        super().save(*args, **options)

    def permissions(self, user: User) -> dict[str, Permission]:
        """Who may manage its members ("gerer"), and leave it ("quitter"), with the reason."""
        membre = self.adhesions.filter(user=user, etat=Membre.Etat.ACTIF).first()
        responsable = membre is not None and membre.role == Membre.Role.RESPONSABLE
        return {
            "gerer": Permission(
                responsable, "" if responsable else "Seuls ses administrateurs gèrent les membres."
            ),
            "quitter": self._peut_quitter(membre),
        }

    def _peut_quitter(self, membre: Membre | None) -> Permission:
        if membre is None:
            return Permission(False, "Vous n’êtes pas membre de cette entreprise.")
        autres = self.adhesions.filter(etat=Membre.Etat.ACTIF).exclude(pk=membre.pk)
        dernier = not autres.filter(role=Membre.Role.RESPONSABLE).exists()
        if membre.role == Membre.Role.RESPONSABLE and dernier and autres.exists():
            return Permission(
                False,
                "Vous êtes la seule personne à administrer cette entreprise : nommez "
                "d’abord un autre administrateur parmi ses membres.",
            )
        return Permission(True)


class Membre(models.Model):
    """A person's membership of a company. A claim shows nothing until it is accepted."""

    class Etat(models.TextChoices):
        ACTIF = "actif", "Membre"
        EN_ATTENTE = "en_attente", "Demande en attente"

    class Role(models.TextChoices):
        """Every member fills in and files dossiers; an administrator also manages members."""

        RESPONSABLE = "responsable", "Administrateur"
        MEMBRE = "membre", "Membre"

    entreprise = models.ForeignKey(Entreprise, models.CASCADE, related_name="adhesions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="adhesions")
    etat = models.CharField("état", max_length=12, choices=Etat, default=Etat.EN_ATTENTE)
    role = models.CharField("rôle", max_length=12, choices=Role, default=Role.MEMBRE)
    depuis = models.DateTimeField("depuis", auto_now_add=True)

    objects = MembreQuerySet.as_manager()

    class Meta:
        verbose_name = "membre"
        ordering = ("entreprise", "pk")
        constraints = [
            models.UniqueConstraint(fields=["entreprise", "user"], name="un_membre_par_entreprise")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.entreprise})"


class InvitationEntreprise(Invitation):
    """An invitation to become a member of a company."""

    MODELE = "depot/courriels/invitation"

    entreprise = models.ForeignKey(Entreprise, models.CASCADE, related_name="invitations")
    role = models.CharField("rôle", max_length=12, choices=Membre.Role, default=Membre.Role.MEMBRE)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation d’entreprise"
        verbose_name_plural = "invitations d’entreprise"
        ordering = ("-creee_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["entreprise", "courriel"],
                condition=models.Q(acceptee_le__isnull=True, revoquee_le__isnull=True),
                name="une_invitation_par_adresse",
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("depot:invitation", args=[self.jeton])

    @property
    def adresse_gestion(self) -> str:
        """Where it is sent again or withdrawn."""
        return reverse("depot:invitation_envoyee", args=[self.entreprise.siren, self.pk])

    @property
    def detail(self) -> str:
        return self.get_role_display()
