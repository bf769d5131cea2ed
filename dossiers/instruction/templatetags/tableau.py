"""What the templates of the dashboards use."""

from __future__ import annotations

from decimal import Decimal

from django import template

from aides.montants import euros
from dossiers.instruction.tableau_de_bord.figures import Cellule

register = template.Library()


@register.filter
def cellule(valeur: Cellule) -> str:
    """A cell as people read it: an amount in euros, a dash for nothing granted."""
    if isinstance(valeur, Decimal):
        return euros(valeur) if valeur else "–"
    if isinstance(valeur, int):
        return f"{valeur:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return valeur


@register.filter
def avec(cellules: tuple[Cellule, ...], colonnes: tuple[str, ...]) -> list[tuple[Cellule, str]]:
    """Each cell with the heading of its column."""
    return list(zip(cellules, colonnes, strict=True))
