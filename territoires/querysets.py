"""Named filters on communes and on the layers of zones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat

if TYPE_CHECKING:
    from territoires.models import Commune, CoucheZone  # noqa: F401

CHIFFRES_CODE_POSTAL = 5
#: Column of a commune that holds the code of each level above it, or its own.
COLONNES = {
    "REG": "departement__region__in",
    "DEP": "departement__in",
    "EPCI": "epci__in",
    "COM": "code__in",
}


class CommuneQuerySet(models.QuerySet["Commune"]):
    """Communes, read as sentences."""

    def actuelles(self) -> CommuneQuerySet:
        """Communes of the loaded edition."""
        return self.filter(actuelle=True)

    def dans(self, perimetre: Collection[str], exclusions: Collection[str] = ()) -> CommuneQuerySet:
        """Communes of a périmètre in the national notation, less its exclusions."""
        dedans = self.filter(_couvertes(perimetre))
        return dedans.exclude(_couvertes(exclusions)) if exclusions else dedans

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


def _couvertes(codes: Collection[str]) -> Q:
    """Under one of these codes; the whole country for its own."""
    if "PAYS-99100" in codes:
        return Q()
    par_niveau: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        niveau, _, numero = code.partition("-")
        par_niveau[niveau].append(numero)
    couvertes = Q(pk__in=[])
    for niveau, colonne in COLONNES.items():
        if numeros := par_niveau[niveau]:
            couvertes |= Q(**{colonne: sorted(numeros)})
    return couvertes


class CoucheZoneQuerySet(models.QuerySet["CoucheZone"]):
    """Layers of zones, read as sentences."""

    def en_vigueur(self, le: date) -> CoucheZoneQuerySet:
        """Layers in force on the day `le`: at most one for each zone."""
        return self.filter(Q(au__isnull=True) | Q(au__gte=le), du__lte=le)

    def recouvrant(self, du: date, au: date | None) -> CoucheZoneQuerySet:
        """Layers in force on at least one day from `du` to `au` (None: without end)."""
        ouvertes = self.filter(Q(au__isnull=True) | Q(au__gte=du))
        return ouvertes if au is None else ouvertes.filter(du__lte=au)
