"""What an amount granted is compared with: declared costs, ceiling, estimate, wish."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aides.montants import euros
from dossiers.documents.mentions import Mentions
from dossiers.instruction.presentation import total_declare
from dossiers.models import Demande
from dossiers.rapprochement.models import Resultat
from dossiers.transitions import TransitionRefusee

#: More than any aid of the catalogue can grant to one project.
MONTANT_MAXIMUM = Decimal(1000000000)


class MontantInhabituel(TransitionRefusee):
    """The amount exceeds a limit: possible, but asked for again."""


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


def verifier_acceptation(
    demande: Demande,
    montant: Decimal,
    *,
    motif: str,
    mentions: Mentions,
    montant_confirme: bool,
) -> None:
    """What is granted can be: an amount, a form of the aide, a rate of at most 100 %.

    An amount above a limit is confirmed; above the declared costs, `motif` also justifies it.
    Raises TransitionRefusee, of which MontantInhabituel.
    """
    _verifier_montant(montant)
    _verifier_mentions(demande, montant, mentions)
    total = total_declare(demande.version_dossier.contenu["faits"])
    a_justifier = total is not None and montant > total and not motif.strip()
    if not montant_confirme and (depasses := depassements(demande, montant)):
        justifier = " et justifiez-le dans les conditions" if a_justifier else ""
        raise MontantInhabituel(
            f"Ce montant dépasse {' et '.join(depasses)}. "
            f"Corrigez-le, ou cochez la case qui le confirme{justifier}.",
            champ="montant_accorde",
        )
    if a_justifier:
        raise TransitionRefusee(
            "Ce montant dépasse les dépenses déclarées : écrivez ici ce qui le justifie.",
            champ="motif",
        )


def _verifier_montant(montant: Decimal) -> None:
    message = ""
    if not montant.is_finite() or montant <= 0:
        message = "Le montant accordé doit être supérieur à zéro."
    elif montant != montant.quantize(Decimal("0.01")):
        message = "Le montant accordé s’arrête aux centimes."
    elif montant > MONTANT_MAXIMUM:
        message = "Ce montant est démesuré : vérifiez les zéros."
    if message:
        raise TransitionRefusee(message, champ="montant_accorde")


def _verifier_mentions(demande: Demande, montant: Decimal, mentions: Mentions) -> None:
    formes = demande.version_aide.formes
    if len(formes) > 1 and mentions.forme not in formes:
        raise TransitionRefusee("Choisissez la forme de l’aide accordée.", champ="forme")
    assiette = mentions.assiette
    if assiette is not None and not montant <= assiette <= MONTANT_MAXIMUM:
        raise TransitionRefusee(
            "Les dépenses retenues ne peuvent être inférieures au montant accordé, "
            "ni dépasser un milliard d’euros.",
            champ="assiette",
        )


def depassements(demande: Demande, montant: Decimal) -> list[str]:
    """The limits that `montant` euros exceeds, each as words with its amount."""
    resultat = resultat_de(demande)
    plafond = _plafond(resultat.montant if resultat else {})
    depasses = []
    faits = demande.version_dossier.contenu["faits"]
    total = total_declare(faits)
    if total is not None and montant > total:
        depasses.append(f"le total des dépenses déclarées pour le projet ({euros(total)})")
    if plafond is not None and montant > plafond:
        depasses.append(f"le plafond de l’aide ({euros(plafond)})")
    elif demande.montant_estime is not None and montant > demande.montant_estime:
        depasses.append(f"le montant estimé ({euros(demande.montant_estime)})")
    souhaitee = Decimal(faits["aide_souhaitee"]["valeur"]) if "aide_souhaitee" in faits else None
    if souhaitee is not None and montant > souhaitee:
        depasses.append(f"l’aide souhaitée par l’entreprise ({euros(souhaitee)})")
    return depasses


def _plafond(montant: Mapping[str, Any]) -> Decimal | None:
    """The ceiling of the aide in euros; None as soon as one of its rules has none."""
    plafonds = [ligne.get("plafond") for ligne in montant.get("lignes", [])]
    if not plafonds or None in plafonds:
        return None
    return max(Decimal(plafond) for plafond in plafonds)
