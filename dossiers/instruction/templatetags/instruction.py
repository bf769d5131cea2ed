"""What the officers' templates use besides those of every page."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.urls import reverse
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
    if demande.est_suspendue:
        return Delai("délai suspendu", "neutre")
    jours = (demande.echeance - timezone.localdate()).days
    if jours < 0:
        return Delai(f"dépassée depuis {-jours} jour{'s' if jours < -1 else ''}", "non")
    texte = "aujourd’hui" if jours == 0 else f"dans {jours} jour{'s' if jours > 1 else ''}"
    return Delai(texte, "reserve" if jours < JOURS_URGENCE else "neutre")


#: Where each act is done; the others are decisions.
ADRESSES = {
    "prendre_en_charge": "instruction:prendre-en-charge",
    "prendre_le_relais": "instruction:prendre-le-relais",
    "reprendre": "instruction:reprendre",
    "passer_le_relais": "instruction:passer-le-relais",
    "demander_complement": "instruction:demander-complement",
    "corriger_complement": "instruction:corriger-complement",
    "annuler_complement": "instruction:annuler-complement",
    "reorienter": "instruction:reorienter",
}


@register.simple_tag
def url_acte(acte: str, demande: Demande) -> str:
    """The address of an act of the circuit for this demande."""
    if nom := ADRESSES.get(acte):
        return reverse(nom, args=[demande.identifiant])
    return reverse("instruction:decider", args=[demande.identifiant, acte])


@register.filter
def montant_attendu(demande: Demande) -> str:
    """What the demande may get, in the wording of every page."""
    return montants.montant_attendu(demande)


@register.filter
def siren(numero: str) -> str:
    """A SIREN by groups of three: "000 000 018"."""
    espace = "\N{NO-BREAK SPACE}"
    return espace.join(numero[i : i + 3] for i in range(0, len(numero), 3))
