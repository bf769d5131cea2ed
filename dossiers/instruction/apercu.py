"""The letter of a decision that is not taken: nothing is written."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dossiers.circuit import CIRCUIT, Etat
from dossiers.documents.contenu import contenu_decision
from dossiers.instruction.formulaires_decision import FormulaireDecision
from dossiers.instruction.limites import MONTANT_MAXIMUM
from dossiers.models import Demande, Document


def apercu(cible: Demande, acte: str, formulaire: FormulaireDecision) -> dict[str, Any]:
    """What the company would receive for what is typed so far."""
    formulaire.is_valid()
    decidee = copy(cible)
    decidee.etat = CIRCUIT[acte].apres(Etat(cible.etat))
    decidee.decidee_le = timezone.now()
    decidee.motif = formulaire.texte("motif")
    decidee.montant_accorde = _montant(formulaire.lue("montant_accorde"))
    document = Document(demande=decidee, genre=Document.Genre.DECISION)
    return contenu_decision(decidee, document.reference, formulaire.mentions())


def _montant(montant: Decimal | None) -> Decimal | None:
    """The amount, unless the act would refuse it."""
    return montant if montant is not None and 0 < montant <= MONTANT_MAXIMUM else None
