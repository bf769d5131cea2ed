"""Which desk a request goes to: asked before the deposit, and again by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from aides.models import Porteur, VersionAide
from dossiers.models import Demande
from territoires.organismes.competences import Egalite, Resolution, resoudre
from territoires.organismes.models import Competence, Guichet
from territoires.perimetre import lieu


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


def guichets_competents(demande: Demande) -> tuple[Guichet, ...]:
    """The desks competent for a demande as the rules stand: one, several that are equal, none."""
    le = timezone.localdate(demande.deposee_le)
    match guichet_attendu(demande.version_aide, lieu(demande.commune, le), le):
        case Egalite(guichets):
            return guichets
        case Guichet() as guichet:
            return (guichet,)
        case _:
            return ()
