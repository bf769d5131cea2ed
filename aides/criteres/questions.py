"""Proof -> the questions to the company whose answer can still change an outcome.

Each unknown leaf of the company is taken as independent, as in `evaluation.bornes`; then a leaf
is asked about if and only if there are answers to the others with which its own decides the
root (`feuilles_decisives` is exact, not only safe).

Why one descent suffices. A verdict is two yes/no questions: does it reach INCONNU, does it reach
OUI? Every group counts to a quorum, a denial swaps the two, and so each can be followed alone.
A node is free for a question when its bounds lie on both sides. In a free group of quorum k at
most k - 1 children surely reach the step and at least k can: beside a free child, exactly
k - 1 others can be made to, and that child decides. Siblings share no leaf, so that this can be
had at every level at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aides.criteres.arbre import AuMoins, Non, Tous, Un
from aides.criteres.evaluation import Preuve, Verdict, bornes
from aides.criteres.faits import DECLARES
from aides.criteres.redaction import quorum

#: The two steps of a verdict: reaching INCONNU, reaching OUI.
_PALIERS = (Verdict.INCONNU, Verdict.OUI)
_RANGS = {fait.code: rang for rang, fait in enumerate(DECLARES)}


def questions(preuve: Preuve) -> tuple[str, ...]:
    """The facts to ask the company about, in the order of the form, never a known one.

    Derived facts and sums are asked by what they are made from. Empty if and only if the
    outcome is not "à compléter".
    """
    return ordonner(code for f in feuilles_decisives(preuve) for code in f.manquants)


def questions_de_tous(preuves: Iterable[Preuve]) -> tuple[str, ...]:
    """The facts that can still change the outcome of one aide at least, in the form's order."""
    return ordonner(code for preuve in preuves for code in questions(preuve))


def ordonner(codes: Iterable[str]) -> tuple[str, ...]:
    """Codes of declared facts, each once, in the order of the form."""
    return tuple(sorted(set(codes), key=_RANGS.__getitem__))


def feuilles_decisives(preuve: Preuve) -> list[Preuve]:
    """The unknown leaves of the company that some answers to the others make decisive."""
    return list(_decisives(preuve, _PALIERS))


def _decisives(preuve: Preuve, paliers: Iterable[Verdict]) -> Iterator[Preuve]:
    """Below `preuve`, of which only the steps `paliers` still matter to the root."""
    bas, haut = bornes(preuve)
    libres = [palier for palier in paliers if bas < palier <= haut]
    if not libres:
        return
    if not preuve.enfants:
        yield preuve
    elif isinstance(preuve.critere, Non):
        # "At least OUI" denied is "not at least INCONNU", and the other way round.
        libres = [Verdict(1 - palier) for palier in libres]
    for enfant in preuve.enfants:
        yield from _decisives(enfant, libres)


# ------------------------------------------------------------------ one answer for many aides


@dataclass(frozen=True, slots=True)
class Decisive:
    """What one answer, alone, would settle: the outcome is no longer "à compléter".

    An answer settles the leaves that wait for that fact only. `toujours` counts the aides
    settled both when each of these leaves falls on its best side for the aide and when each
    falls on its worst; `au_mieux` those settled on one side at least.
    """

    fait: str
    toujours: int
    au_mieux: int


def reponses_decisives(preuves: Iterable[Preuve]) -> list[Decisive]:
    """What each single answer would settle among `preuves`, the most useful first.

    That is the largest `toujours + au_mieux`, twice what even odds would settle; then the
    order of the form. An answer that settles nothing by itself is left out.
    """
    comptes: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for preuve in preuves:
        for code in questions(preuve):
            tranches = [_tranchee(preuve, code, sens) for sens in (Verdict.OUI, Verdict.NON)]
            comptes[code][0] += all(tranches)
            comptes[code][1] += any(tranches)
    utiles = [Decisive(code, *comptes[code]) for code in ordonner(comptes) if comptes[code][1]]
    return sorted(utiles, key=lambda d: -(d.toujours + d.au_mieux))


def _tranchee(preuve: Preuve, code: str, sens: Verdict) -> bool:
    bas, haut = _bornes_si(preuve, code, sens)
    return bas == haut


def _bornes_si(preuve: Preuve, code: str, sens: Verdict) -> tuple[Verdict, Verdict]:
    """`bornes`, the leaves that wait for `code` alone being answered as `sens` says."""
    if preuve.verdict is not Verdict.INCONNU:
        return preuve.verdict, preuve.verdict
    match preuve.critere:
        case Non():
            bas, haut = _bornes_si(preuve.enfants[0], code, Verdict(-sens))
            return Verdict(-haut), Verdict(-bas)
        case Tous() | Un() | AuMoins() as groupe:
            rang = quorum(groupe, True)[0] - 1
            enfants = [_bornes_si(enfant, code, sens) for enfant in preuve.enfants]
            bas = sorted((bas for bas, _ in enfants), reverse=True)[rang]
            haut = sorted((haut for _, haut in enfants), reverse=True)[rang]
            return bas, haut
        case _ if preuve.enfants:
            return _bornes_si(preuve.enfants[0], code, sens)
        case _ if preuve.manquants == {code}:
            return sens, sens
        case _:
            return bornes(preuve)
