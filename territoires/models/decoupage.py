"""Régions, départements, EPCI and communes of the official geographic code of the year."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from territoires.querysets import CommuneQuerySet


class ZoneMonde(models.TextChoices):
    """Where a région lies."""

    METROPOLE = "metro", "Métropole"
    OUTRE_MER = "drom", "Département ou région d’outre-mer"
    COLLECTIVITE = "com", "Collectivité d’outre-mer"


class Region(models.Model):
    """A région, or an overseas collectivity that has none and stands in its place (975…989)."""

    code = models.CharField(max_length=3, primary_key=True)
    nom = models.CharField(max_length=60)
    zone = models.CharField(max_length=5, choices=ZoneMonde)

    class Meta:
        verbose_name = "région"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.nom


class Departement(models.Model):
    code = models.CharField(max_length=3, primary_key=True)
    nom = models.CharField(max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, related_name="departements")

    class Meta:
        verbose_name = "département"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.nom


class Epci(models.Model):
    """A group of communes with its own taxes. Nothing says that it lies within one région."""

    class Nature(models.TextChoices):
        CC = "CC", "Communauté de communes"
        CA = "CA", "Communauté d’agglomération"
        CU = "CU", "Communauté urbaine"
        METROPOLE = "METRO", "Métropole"
        METROPOLE_LYON = "MET69", "Métropole de Lyon"

    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    nom = models.CharField(max_length=120)
    nature = models.CharField(max_length=5, choices=Nature)

    class Meta:
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"
        ordering = ("siren",)

    def __str__(self) -> str:
        return self.nom


class Commune(models.Model):
    """A commune. A few islands have no EPCI.

    `population` is the legal municipal population, null where nobody lives all year. A commune
    that the loaded edition no longer has (merged since) stays for what refers to it, not
    `actuelle`, with its successor's département and EPCI.
    """

    code = models.CharField(max_length=5, primary_key=True)
    nom = models.CharField(max_length=60)
    nom_recherche = models.CharField(max_length=80, editable=False)
    population = models.PositiveIntegerField(null=True)
    codes_postaux = ArrayField(models.CharField(max_length=5), default=list)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="communes")
    epci = models.ForeignKey(Epci, models.PROTECT, related_name="communes", null=True)
    actuelle = models.BooleanField(default=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ("nom_recherche", "code")
        indexes = [
            models.Index(
                OpClass("nom_recherche", name="text_pattern_ops"), name="commune_nom_recherche"
            ),
            GinIndex(fields=["codes_postaux"], name="commune_codes_postaux"),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def region(self) -> Region:
        """Its département's: a commune has no other."""
        return self.departement.region

    @property
    def libelle(self) -> str:
        """The name with its first postcode, to tell namesakes apart: "Toulouse (31000)"."""
        return f"{self.nom} ({self.codes_postaux[0] if self.codes_postaux else self.code})"


class CommuneAncienne(models.Model):
    """A code or a name that no longer designates a commune, and the commune it is now part of.

    The code may be that of the commune itself, when a commune nouvelle kept the code of one of
    its parts: the old name is then what is worth keeping.
    """

    class Nature(models.TextChoices):
        ANCIENNE = "ancienne", "Ancienne commune"
        DELEGUEE = "deleguee", "Commune déléguée"
        ASSOCIEE = "associee", "Commune associée"
        ARRONDISSEMENT = "arrondissement", "Arrondissement municipal"

    code = models.CharField(max_length=5, primary_key=True)
    #: Empty when only the code is known.
    nom = models.CharField(max_length=60, blank=True)
    nom_recherche = models.CharField(max_length=80, blank=True, editable=False)
    nature = models.CharField(max_length=14, choices=Nature)
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="anciennes")

    class Meta:
        verbose_name = "ancienne commune"
        verbose_name_plural = "anciennes communes"
        ordering = ("code",)
        indexes = [
            models.Index(
                OpClass("nom_recherche", name="text_pattern_ops"), name="ancienne_nom_recherche"
            ),
        ]

    def __str__(self) -> str:
        return self.nom or self.code
