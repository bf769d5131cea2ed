"""Which desk is competent: one pure function, asked before the deposit and by the worker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from territoires.organismes.models import Competence, Guichet, NatureAide

#: From the widest to the most precise; a zone is no level of administration.
NIVEAUX = ("PAYS", "REG", "DEP", "EPCI", "COM")


@dataclass(frozen=True, slots=True)
class Trou:
    """Nobody is competent; `motif` (French) says for what and where."""

    motif: str


@dataclass(frozen=True, slots=True)
class Egalite:
    """Several desks are equally competent: a human chooses."""

    guichets: tuple[Guichet, ...]

    @property
    def motif(self) -> str:
        noms = ", ".join(guichet.nom for guichet in self.guichets)
        return f"Plusieurs guichets sont également compétents : {noms}."


Resolution = Guichet | Trou | Egalite


def resoudre(
    competences: Iterable[Competence],
    *,
    nature: str,
    lieu: frozenset[str],
    le: date,
    organismes: frozenset[str],
) -> Resolution:
    """The desk competent for a nature of aid at a place on a day, the most precise winning.

    `lieu` holds every code of the project's commune; `organismes` the codes of those who review
    the aide, empty when whoever is competent for the place does (premises: CGCT, L1511-3).
    Exclusions win over the périmètre; a closed desk receives nothing. Never guesses: a tie or a
    hole is an answer of its own.
    """
    rangs: dict[Guichet, int] = {}
    for competence, precision in _couvrantes(competences, nature, lieu, le, organismes):
        guichet = competence.guichet
        rangs[guichet] = max(precision, rangs.get(guichet, precision))
    if not rangs:
        libelle = NatureAide(nature).label.lower()
        return Trou(f"Aucun guichet n’est compétent ici pour la nature d’aide « {libelle} ».")
    meilleur = max(rangs.values())
    premiers = tuple(guichet for guichet, rang in rangs.items() if rang == meilleur)
    if len(premiers) > 1:
        return Egalite(tuple(sorted(premiers, key=lambda guichet: (guichet.nom, guichet.pk))))
    return premiers[0]


def competence_retenue(
    competences: Iterable[Competence],
    *,
    nature: str,
    lieu: frozenset[str],
    le: date,
    guichet: int,
) -> Competence | None:
    """The most precise competence by which the desk with this key covers the place on that day:
    why it has a demande. Of two as precise, that which rests on a convention, then the oldest,
    is shown; None when no rule names the desk.
    """
    siennes = [c for c in competences if c.guichet_id == guichet]
    couvrantes = _couvrantes(siennes, nature, lieu, le, frozenset())
    rangees = sorted(couvrantes, key=lambda c: (-c[1], c[0].convention_id is None, c[0].debut))
    return rangees[0][0] if rangees else None


def _couvrantes(
    competences: Iterable[Competence],
    nature: str,
    lieu: frozenset[str],
    le: date,
    organismes: frozenset[str],
) -> Iterator[tuple[Competence, int]]:
    """Each competence of an open desk that covers the place that day, with its precision. One
    held by delegation counts as one's own does: the law lets delegate, it ranks nobody."""
    for competence in competences:
        if competence.nature != nature or not en_vigueur(competence, le):
            continue
        if competence.guichet.ferme_le is not None:
            continue
        if organismes and competence.guichet.organisme.code not in organismes:
            continue
        precision = _precision(competence, lieu)
        if precision is not None:
            yield competence, precision


def en_vigueur(competence: Competence, le: date) -> bool:
    """Whether a competence holds on a day, its last day included."""
    return competence.debut <= le and (competence.fin is None or le <= competence.fin)


def _precision(competence: Competence, lieu: frozenset[str]) -> int | None:
    """Rank of the most precise code by which the competence covers the place; None if none."""
    if not lieu.isdisjoint(competence.exclusions):
        return None
    couvrants = lieu.intersection(competence.perimetre)
    return max((NIVEAUX.index(code.partition("-")[0]) for code in couvrants), default=None)
