"""Companies and their members."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from dossiers.querysets import EntrepriseQuerySet
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


class Membre(models.Model):
    """A person's membership of a company. A claim shows nothing until it is accepted."""

    class Etat(models.TextChoices):
        ACTIF = "actif", "Membre"
        EN_ATTENTE = "en_attente", "Demande en attente"

    entreprise = models.ForeignKey(Entreprise, models.CASCADE, related_name="adhesions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="adhesions")
    etat = models.CharField("état", max_length=12, choices=Etat, default=Etat.EN_ATTENTE)
    depuis = models.DateTimeField("depuis", auto_now_add=True)

    class Meta:
        verbose_name = "membre"
        ordering = ("entreprise", "pk")
        constraints = [
            models.UniqueConstraint(fields=["entreprise", "user"], name="un_membre_par_entreprise")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.entreprise})"
