"""What the officers' templates use besides those of every page."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils import timezone

from dossiers.instruction.listes import JOURS_URGENCE
from dossiers.models import Demande
from dossiers.rapprochement import montants

register = template.Library()


@dataclass(frozen=True, slots=True)
class Delai:
    """How much time is left before silence means rejection, and its tone."""

    texte: str
    ton: str


@register.filter
def delai(demande: Demande) -> Delai | None:
    """The time left; None once the demande is decided."""
    if demande.est_close:
        return None
    jours = (demande.echeance - timezone.localdate()).days
    if jours < 0:
        return Delai(f"dépassée depuis {-jours} jour{'s' if jours < -1 else ''}", "non")
    texte = "aujourd’hui" if jours == 0 else f"dans {jours} jour{'s' if jours > 1 else ''}"
    return Delai(texte, "reserve" if jours < JOURS_URGENCE else "neutre")


@register.filter
def montant_attendu(demande: Demande) -> str:
    """What the demande may get, in the wording of every page."""
    return montants.montant_attendu(demande)


@register.filter
def siren(numero: str) -> str:
    """A SIREN by groups of three: "000 000 018"."""
    espace = "\N{NO-BREAK SPACE}"
    return espace.join(numero[i : i + 3] for i in range(0, len(numero), 3))
