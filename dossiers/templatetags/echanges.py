"""What companies and desks exchange, as both read it."""

from __future__ import annotations

from typing import Protocol

from django import template

from dossiers import complements

register = template.Library()


class _Demande(Protocol):
    """A thing asked for, sent or not yet."""

    type_piece: str
    libelle: str


@register.filter
def intitule(element: _Demande) -> str:
    """The type of the piece and what is said of it: "Devis : machine à bois"."""
    return complements.intitule(element.type_piece, element.libelle)
