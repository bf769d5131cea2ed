"""Organismes, the desks through which they act, and the officers of each desk."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from portal.comptes.invitations import Invitation, InvitationQuerySet
from territoires.organismes.querysets import GuichetQuerySet, OrganismeQuerySet


class Canal(models.TextChoices):
    """How a demande reaches a desk. Each has its module in `dossiers.acheminement.canaux`."""

    PORTAIL = "portail", "Corbeille du portail"
    COURRIEL = "courriel", "Courriel"
    WEBHOOK = "webhook", "Système du guichet"


class Organisme(models.Model):
    """A public or private body that distributes, finances or reviews aids."""

    class Type(models.TextChoices):
        REGION = "region", "Région"
        DEPARTEMENT = "departement", "Département"
        EPCI = "epci", "Intercommunalité"
        COMMUNE = "commune", "Commune"
        ETAT = "etat", "État"
        OPERATEUR = "operateur", "Opérateur public"
        CONSULAIRE = "consulaire", "Chambre consulaire"
        OPCO = "opco", "Opérateur de compétences"

    code = models.SlugField("code", max_length=80, unique=True)
    nom = models.CharField("nom", max_length=200)
    type = models.CharField("type", max_length=12, choices=Type)
    #: Blank when the source gives none: never invented.
    siren = models.CharField("SIREN", max_length=9, blank=True)
    #: Code of the territory it administers in the national notation ("REG-76"), if any.
    territoire = models.CharField("territoire", max_length=16, blank=True, db_index=True)
    site = models.URLField("site", blank=True)
    source = models.JSONField("source", default=dict, blank=True)
    administrateurs = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="organismes.AdministrateurOrganisme",
        related_name="organismes_administres",
    )

    objects = OrganismeQuerySet.as_manager()

    class Meta:
        verbose_name = "organisme"
        ordering = ("nom", "pk")

    def __str__(self) -> str:
        return self.nom


class Guichet(models.Model):
    """A desk: where the requests of an organisme arrive and are reviewed."""

    code = models.SlugField("code", max_length=80, unique=True)
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="guichets")
    nom = models.CharField("nom", max_length=200)
    courriel = models.EmailField("adresse électronique", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    adresse = models.CharField("adresse postale", max_length=300, blank=True)
    #: True while nobody at the organisme has confirmed the contact data.
    a_confirmer = models.BooleanField("coordonnées à confirmer", default=True)
    #: Its channel of record; the others are notifications.
    canal = models.CharField("canal", max_length=12, choices=Canal, default=Canal.PORTAIL)
    agents = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="organismes.AgentGuichet", related_name="guichets"
    )
    #: A closed desk receives nothing new; its officers finish what they have.
    ferme_le = models.DateTimeField("fermé le", null=True, blank=True)

    objects = GuichetQuerySet.as_manager()

    class Meta:
        verbose_name = "guichet"
        ordering = ("nom", "pk")

    def __str__(self) -> str:
        return self.nom

    @property
    def arrivee(self) -> str:
        """Where demandes arrive, after « Les demandes arrivent »."""
        match Canal(self.canal):
            case Canal.COURRIEL:
                return f"par courriel, à {self.courriel}" if self.courriel else "par courriel"
            case Canal.WEBHOOK:
                return "dans son propre logiciel, relié au portail (webhook)"
            case Canal.PORTAIL:
                annonce = ", qu’un courriel annonce" if self.courriel else ""
                return f"dans la corbeille du portail{annonce}"


class AgentGuichet(models.Model):
    """An officer's membership of a desk."""

    guichet = models.ForeignKey(Guichet, models.CASCADE, related_name="affectations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="affectations")
    depuis = models.DateTimeField("depuis", auto_now_add=True)

    class Meta:
        verbose_name = "agent de guichet"
        verbose_name_plural = "agents de guichet"
        ordering = ("guichet", "pk")
        constraints = [
            models.UniqueConstraint(fields=["guichet", "user"], name="un_agent_par_guichet")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.guichet})"


class AdministrateurOrganisme(models.Model):
    """A person who creates the desks of an organisme and chooses their officers."""

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="administrations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="administrations"
    )
    depuis = models.DateTimeField("depuis", auto_now_add=True)

    class Meta:
        verbose_name = "administrateur d’organisme"
        verbose_name_plural = "administrateurs d’organisme"
        ordering = ("organisme", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "user"], name="un_administrateur_par_organisme"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.organisme})"


class GestionnaireCatalogue(models.Model):
    """A person who writes the aides that an organisme carries."""

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="gestions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="gestions")
    depuis = models.DateTimeField("depuis", auto_now_add=True)

    class Meta:
        verbose_name = "gestionnaire de catalogue"
        verbose_name_plural = "gestionnaires de catalogue"
        ordering = ("organisme", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "user"], name="un_gestionnaire_par_organisme"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.organisme})"


class InvitationOrganisme(Invitation):
    """An invitation to become an officer of a desk; without one, to administer the organisme or
    to keep its catalogue."""

    MODELE = "organismes/courriels/invitation"

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="invitations")
    guichet = models.ForeignKey(
        Guichet, models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    #: To keep the catalogue; then there is no desk.
    catalogue = models.BooleanField("tenir le catalogue", default=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation d’organisme"
        verbose_name_plural = "invitations d’organisme"
        ordering = ("-creee_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "guichet", "catalogue", "courriel"],
                condition=Q(acceptee_le__isnull=True, revoquee_le__isnull=True),
                nulls_distinct=False,
                name="une_invitation_par_fonction_et_adresse",
            ),
            models.CheckConstraint(
                condition=Q(catalogue=False) | Q(guichet__isnull=True),
                name="invitation_catalogue_sans_guichet",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("organismes:invitation", args=[self.jeton])

    @property
    def adresse_gestion(self) -> str:
        """Where it is sent again or withdrawn."""
        return reverse("organismes:invitation_envoyee", args=[self.organisme.code, self.pk])

    @property
    def detail(self) -> str:
        if self.guichet is not None:
            return self.guichet.nom
        return "Gestionnaire du catalogue" if self.catalogue else "Administrateur"
