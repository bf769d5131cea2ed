"""Which desk a request goes to: asked before the deposit, and again by the worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.utils import timezone

from aides.models import Porteur, VersionAide
from dossiers.models import Demande
from territoires.models import Commune
from territoires.organismes.competences import (
    Egalite,
    Resolution,
    competence_retenue,
    resoudre,
)
from territoires.organismes.models import Competence, Guichet
from territoires.perimetre import lieu


def competences_au(le: date, *natures: str) -> list[Competence]:
    """Every competence in force on that day (for some natures of aid, if any is named) with its
    desk, in one query.
    """
    competences = Competence.objects.filter(debut__lte=le).exclude(fin__lt=le)
    if natures:
        competences = competences.filter(nature__in=natures)
    return list(competences.select_related("guichet__organisme"))


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
        competences_au(le, version.nature) if competences is None else competences,
        nature=version.nature,
        lieu=lieu,
        le=le,
        organismes=instructeurs,
    )


def guichets_attendus(demandes: Collection[Demande]) -> list[Resolution]:
    """`guichet_attendu` of each demande on the day of its deposit, in the same order; what
    several have in common is read once.
    """
    natures: dict[date, set[str]] = defaultdict(set)
    communes: dict[tuple[date, str], Commune] = {}
    for demande in demandes:
        le = timezone.localdate(demande.deposee_le)
        natures[le].add(demande.version_aide.nature)
        communes[le, demande.commune_id] = demande.commune
    competences = {le: competences_au(le, *siennes) for le, siennes in natures.items()}
    lieux = {(le, code): lieu(commune, le) for (le, code), commune in communes.items()}
    return [
        guichet_attendu(demande.version_aide, lieux[le, demande.commune_id], le, competences[le])
        for demande in demandes
        for le in [timezone.localdate(demande.deposee_le)]
    ]


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


def competence_de(demande: Demande) -> tuple[Competence, list[str]] | None:
    """By which competence the desk of a demande has it, and the codes of its périmètre that hold
    the place; None when the rules of today do not name that desk."""
    if demande.guichet_id is None:
        return None
    le = timezone.localdate(demande.deposee_le)
    codes = lieu(demande.commune, le)
    competence = competence_retenue(
        Competence.objects.filter(guichet=demande.guichet_id)
        .with_details()
        .prefetch_related("convention__donneurs"),
        nature=demande.version_aide.nature,
        lieu=codes,
        le=le,
        guichet=demande.guichet_id,
    )
    if competence is None:
        return None
    return competence, [code for code in competence.perimetre if code in codes]
