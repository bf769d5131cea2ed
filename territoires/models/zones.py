"""Dated zones: which communes a zoning holds, from when to when, according to which file."""

from django.db import models
from django.db.models import F, Q

from territoires.querysets import CoucheZoneQuerySet


class Zone(models.Model):
    """A zoning aids refer to (ZRR, AFR…). Without a layer for a day, nothing is known of it."""

    code = models.CharField(max_length=30, primary_key=True)
    nom = models.CharField(max_length=120)

    class Meta:
        verbose_name = "zone"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.nom


class CoucheZone(models.Model):
    """One official list of a zone's communes, in force from `du` to `au`, both included."""

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="couches")
    du = models.DateField("en vigueur du")
    #: Last day in force; null while it lasts.
    au = models.DateField("au", null=True, blank=True)
    source = models.CharField(max_length=300)
    #: Whether the file says the status of each commune (else it lists the members only).
    statuts_donnes = models.BooleanField(default=False)
    #: SHA-256 of the file, in hexadecimal.
    empreinte = models.CharField(max_length=64)
    charge_le = models.DateTimeField("chargée le", auto_now=True)

    objects = CoucheZoneQuerySet.as_manager()

    class Meta:
        verbose_name = "couche de zone"
        verbose_name_plural = "couches de zone"
        ordering = ("zone", "du")
        constraints = [
            models.UniqueConstraint(fields=["zone", "du"], name="couche_zone_unique"),
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")), name="couche_dates_ordonnees"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zone_id} du {self.du:%d/%m/%Y}"


class AppartenanceZone(models.Model):
    """One line of the file: a commune's code as the file gives it, and its status.

    The code is resolved when it is read, not when it is loaded: the file keeps its own edition
    of the communes, and the next geographic code does not alter the layer.
    """

    class Statut(models.TextChoices):
        DEDANS = "dedans", "Dans la zone"
        PARTIEL = "partiel", "En partie dans la zone"
        DEHORS = "dehors", "Hors de la zone"

    couche = models.ForeignKey(CoucheZone, models.CASCADE, related_name="appartenances")
    code_commune = models.CharField(max_length=5)
    statut = models.CharField(max_length=7, choices=Statut)

    class Meta:
        verbose_name = "appartenance à une zone"
        verbose_name_plural = "appartenances à une zone"
        ordering = ("couche", "code_commune")
        constraints = [
            models.UniqueConstraint(
                fields=["code_commune", "couche"], name="appartenance_zone_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code_commune} : {self.get_statut_display()}"
