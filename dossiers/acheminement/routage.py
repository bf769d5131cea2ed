"""Which desk a request goes to: asked before the deposit, and again by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from aides.models import Porteur, VersionAide
from territoires.organismes.competences import Resolution, resoudre
from territoires.organismes.models import Competence


def competences_au(le: date) -> list[Competence]:
    """Every competence in force on that day with its desk, in one query."""
    return list(
        Competence.objects.filter(debut__lte=le)
        .exclude(fin__lt=le)
        .select_related("guichet__organisme")
    )


def guichet_attendu(
    version: VersionAide,
    lieu: frozenset[str],
    le: date,
    competences: Iterable[Competence] | None = None,
) -> Resolution:
    """The desk competent for an aide at a place on a day; a hole or a tie is said as such.

    Those who review the aide decide which desks may be; an aide that names none is reviewed by
    whoever is competent for its nature at the place. `competences` spares the query when many
    aides are asked for at once.
    """
    instructeurs = frozenset(
        porteur.organisme.code
        for porteur in version.porteurs.all()
        if Porteur.Role.INSTRUCTEUR in porteur.roles
    )
    return resoudre(
        competences_au(le) if competences is None else competences,
        nature=version.nature,
        lieu=lieu,
        le=le,
        organismes=instructeurs,
    )
