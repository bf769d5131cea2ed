"""Stored dossiers as a deposit leaves them, for the tests that look for them in SQL."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from dossiers.faits import faits_du_dossier
from dossiers.models import VersionDossier
from dossiers.rapprochement.actes_projection import projeter
from tests.fabriques import FAITS, VersionDossierFabrique, declare, il_y_a


def stocker(
    commune: Any = None, /, *, dossier: Any = None, numero: int = 1, **faits: Any
) -> VersionDossier:
    """A deposited version with its facts laid flat; a fact given as None is not answered.

    Deposited an hour ago: before whatever a test publishes.
    """
    dits = {**FAITS, **({"commune_projet": commune.code} if commune else {}), **faits}
    declares = {code: declare(valeur) for code, valeur in dits.items() if valeur is not None}
    champs = {"dossier": dossier} if dossier else {
        "dossier__faits": declares, "dossier__depose_le": il_y_a(hours=1),
    }  # fmt: skip
    version: VersionDossier = VersionDossierFabrique(numero=numero, **champs)
    projeter(version=version, faits=faits_du_dossier(version.dossier, timezone.localdate()))
    return version
