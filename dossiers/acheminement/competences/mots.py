"""Words that the pages of competences share."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.humanize.templatetags.humanize import intcomma

from territoires.organismes.models import NatureAide

#: What follows "pour": the nature with its article.
POUR_NATURE = {
    NatureAide.INVESTISSEMENT: "l’investissement",
    NatureAide.IMMOBILIER: "l’immobilier d’entreprise",
    NatureAide.INNOVATION: "l’innovation et la recherche",
    NatureAide.EXPORT: "l’international",
    NatureAide.FORMATION: "la formation",
    NatureAide.EMPLOI: "l’emploi et le recrutement",
    NatureAide.TRANSITION_ECOLOGIQUE: "la transition écologique",
    NatureAide.NUMERIQUE: "le numérique",
    NatureAide.CREATION_REPRISE: "la création et la reprise",
    NatureAide.CONSEIL: "le conseil et l’accompagnement",
    NatureAide.TRESORERIE: "la trésorerie",
    NatureAide.MOBILITE: "la mobilité et le transport",
}


def enumeration(noms: Sequence[str], maximum: int = 6) -> str:
    """ "A, B et C"; beyond `maximum`, the others are counted."""
    reste = len(noms) - maximum
    if reste > 0:
        return f"{', '.join(noms[:maximum])} et {reste} autre{'s' if reste > 1 else ''}"
    return " et ".join(filter(None, [", ".join(noms[:-1]), noms[-1]])) if noms else ""


def nombre(combien: int, un: str, plusieurs: str = "") -> str:
    """ "3 demandes", "4 446 communes"."""
    return f"{intcomma(combien)} {plusieurs or un + 's' if combien > 1 else un}"
