"""Named filters on communes and on the layers of zones."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat

if TYPE_CHECKING:
    from territoires.models import Commune, CoucheZone  # noqa: F401

CHIFFRES_CODE_POSTAL = 5


class CommuneQuerySet(models.QuerySet["Commune"]):
    """Communes, read as sentences."""

    def actuelles(self) -> CommuneQuerySet:
        """Communes of the loaded edition."""
        return self.filter(actuelle=True)

    def de_code_postal(self, debut: str) -> CommuneQuerySet:
        """Communes with a postcode that starts with `debut`; a whole one uses the GIN index."""
        if len(debut) == CHIFFRES_CODE_POSTAL:
            return self.filter(codes_postaux__contains=[debut])
        espace = Value(" ", output_field=TextField())
        ecrits = Func(
            F("codes_postaux"), espace, function="array_to_string", output_field=TextField()
        )
        return self.alias(codes_ecrits=Concat(espace, ecrits, output_field=TextField())).filter(
            codes_ecrits__contains=f" {debut}"
        )


class CoucheZoneQuerySet(models.QuerySet["CoucheZone"]):
    """Layers of zones, read as sentences."""

    def en_vigueur(self, le: date) -> CoucheZoneQuerySet:
        """Layers in force on the day `le`: at most one for each zone."""
        return self.filter(Q(au__isnull=True) | Q(au__gte=le), du__lte=le)

    def recouvrant(self, du: date, au: date | None) -> CoucheZoneQuerySet:
        """Layers in force on at least one day from `du` to `au` (None: without end)."""
        ouvertes = self.filter(Q(au__isnull=True) | Q(au__gte=du))
        return ouvertes if au is None else ouvertes.filter(du__lte=au)
