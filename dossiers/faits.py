"""The facts of a dossier: as stored with their provenance, and as the language reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from aides.criteres.faits import Faits
from aides.criteres.valeurs import depuis_json
from dossiers.models import Dossier
from territoires.perimetre import CodeInconnu, codes_du_lieu


def resolveur(le: date) -> Callable[[str], frozenset[str]]:
    """What the language asks to turn an INSEE code into a place, on the day `le`."""

    def resoudre(code: str) -> frozenset[str]:
        try:
            return codes_du_lieu(code, le)
        except CodeInconnu as inconnu:
            raise LookupError(str(inconnu)) from inconnu

    return resoudre


def faits_json(faits: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The exchanged JSON of stored facts: code -> value, without provenance."""
    return {code: fait["valeur"] for code, fait in faits.items()}


def faits_du_dossier(dossier: Dossier, le: date) -> Faits:
    """The facts a dossier declares, read for the day `le`; places are resolved on that day."""
    return depuis_json(faits_json(dossier.faits), resolveur(le))
