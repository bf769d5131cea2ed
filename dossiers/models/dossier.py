"""The dossier a company fills in once, and the versions it froze by depositing."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from dossiers.models.entreprise import Entreprise
from dossiers.querysets import DossierQuerySet, PieceQuerySet
from portal.socle.json_canonique import EnClair


class Dossier(models.Model):
    """A company and its project. It has no decision of its own: see `Demande`."""

    identifiant = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entreprise = models.ForeignKey(Entreprise, models.CASCADE, related_name="dossiers")
    titre = models.CharField("titre du projet", max_length=120)
    description = models.TextField("description du projet", max_length=3000, blank=True)
    #: code of fact -> {"valeur": exchanged JSON, "provenance": "declaration" or, carried over
    #: from the company's last dossier, "dossier_precedent", "le": ISO, "par": user pk}. Only
    #: answered facts.
    faits = models.JSONField("faits", default=dict, blank=True)
    #: Sections their author saved at least once.
    sections = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    #: Codes of the aides the company chose so far.
    choix = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    #: Grows with each save: two tabs on one draft are told apart by it.
    revision = models.PositiveIntegerField("révision", default=0)
    cree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    #: When its content was erased: what is left are numbers, states, dates and hashes.
    efface_le = models.DateTimeField("contenu effacé le", null=True, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier"
        ordering = ("-modifie_le", "-pk")

    def __str__(self) -> str:
        return self.titre

    @property
    def est_brouillon(self) -> bool:
        return self.depose_le is None

    @property
    def numero(self) -> str:
        """The receipt number; exists only once the deposit is committed."""
        return f"DU-{self.depose_le:%Y}-{self.pk:06d}" if self.depose_le else ""


class VersionDossier(models.Model):
    """What a dossier said at a deposit: frozen, with its hash."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="versions")
    numero = models.PositiveIntegerField("numéro de version")
    #: {"entreprise": {...}, "titre": ..., "description": ..., "faits": {...},
    #: "pieces": [{"identifiant": ..., "type": ..., "empreinte": ..., "taille": bytes}]}
    contenu = models.JSONField("contenu", encoder=EnClair)
    #: SHA-256 of the canonical JSON of `contenu`, of which it stays once that is erased.
    empreinte = models.CharField("empreinte", max_length=64)
    deposee_le = models.DateTimeField("déposée le")
    deposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "version de dossier"
        verbose_name_plural = "versions de dossier"
        ordering = ("dossier", "-numero")
        constraints = [
            models.UniqueConstraint(fields=["dossier", "numero"], name="une_version_de_dossier")
        ]

    def __str__(self) -> str:
        return f"{self.dossier.numero}, version {self.numero}"

    def pieces(self) -> PieceQuerySet:
        """The files that were filed with it."""
        identifiants = [piece["identifiant"] for piece in self.contenu.get("pieces", ())]
        deposees: PieceQuerySet = self.dossier.pieces.filter(identifiant__in=identifiants)
        return deposees
