"""What an amount granted is compared with: declared costs, ceiling of the aide, estimate."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aides.montants import euros
from dossiers.instruction.presentation import total_declare
from dossiers.models import Demande
from dossiers.rapprochement.models import Resultat


def resultat_de(demande: Demande) -> Resultat | None:
    """The outcome of the aide in the match that the deposit kept."""
    return (
        Resultat.objects.filter(
            rapprochement__version_dossier=demande.version_dossier,
            version_aide=demande.version_aide,
        )
        .select_related("rapprochement")
        .first()
    )


def depassements(demande: Demande, montant: Decimal) -> list[str]:
    """The limits that `montant` euros exceeds, each as words with its amount."""
    resultat = resultat_de(demande)
    plafond = _plafond(resultat.montant if resultat else {})
    depasses = []
    total = total_declare(demande.version_dossier.contenu["faits"])
    if total is not None and montant > total:
        depasses.append(f"le total des dépenses déclarées pour le projet ({euros(total)})")
    if plafond is not None and montant > plafond:
        depasses.append(f"le plafond de l’aide ({euros(plafond)})")
    elif demande.montant_estime is not None and montant > demande.montant_estime:
        depasses.append(f"le montant estimé ({euros(demande.montant_estime)})")
    return depasses


def _plafond(montant: Mapping[str, Any]) -> Decimal | None:
    """The ceiling of the aide in euros; None as soon as one of its rules has none."""
    plafonds = [ligne.get("plafond") for ligne in montant.get("lignes", [])]
    if not plafonds or None in plafonds:
        return None
    return max(Decimal(plafond) for plafond in plafonds)
