"""What an officer does with a demande. Every act goes through `transitions.appliquer`."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from dossiers.instruction.limites import depassements
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee, appliquer
from portal.comptes.models import User

#: More than any aid of the catalogue can grant to one project.
MONTANT_MAXIMUM = Decimal(1000000000)


class MontantInhabituel(TransitionRefusee):
    """The amount exceeds a limit: possible, but asked for again."""


@transaction.atomic
def prendre_en_charge(*, demande: Demande, user: User, etat_vu: str = "") -> Demande:
    """The officer takes the demande: it is under review, and theirs."""
    return appliquer(
        demande=demande, acte="prendre_en_charge", user=user, etat_vu=etat_vu, agent=user
    )


@transaction.atomic
def accepter(
    *,
    demande: Demande,
    user: User,
    montant_accorde: Decimal,
    motif: str = "",
    etat_vu: str = "",
    montant_confirme: bool = False,
) -> Demande:
    """Grant `montant_accorde` euros; `motif` holds the conditions, if any.

    An amount above the declared costs of the project, the ceiling of the aide or its estimate
    must be confirmed. Raises TransitionRefusee, of which MontantInhabituel.
    """
    _verifier_montant(montant_accorde)
    if not montant_confirme and (depasses := depassements(demande, montant_accorde)):
        raise MontantInhabituel(
            f"Ce montant dépasse {' et '.join(depasses)}. "
            "Corrigez-le, ou cochez la case qui le confirme.",
            champ="montant_accorde",
        )
    return appliquer(
        demande=demande,
        acte="accepter",
        user=user,
        motif=motif,
        etat_vu=etat_vu,
        montant_accorde=montant_accorde,
    )


@transaction.atomic
def refuser(*, demande: Demande, user: User, motif: str, etat_vu: str = "") -> Demande:
    """Refuse, with reasons (CRPA, article L211-2)."""
    return appliquer(demande=demande, acte="refuser", user=user, motif=motif, etat_vu=etat_vu)


@transaction.atomic
def classer_sans_suite(*, demande: Demande, user: User, motif: str, etat_vu: str = "") -> Demande:
    """Close without a decision on the merits (abandoned, duplicate, not the right desk)."""
    return appliquer(
        demande=demande, acte="classer_sans_suite", user=user, motif=motif, etat_vu=etat_vu
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
