"""Can a company meet a tree? A search by cases, each fact taken by itself.

A conjunction of leaves holds for somebody when, fact by fact, one value satisfies them all.
What is left out is left out on the permissive side: a sum and its parts, an age and its date,
the two places of a project, the two sides of a `Proportion` are taken as independent, and what
an officer or a zone says may be anything, the same each time it is asked. So "nobody can" is
sure, and "somebody can" is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import comb
from typing import Any

from aides.criteres.arbre import (
    AuMoins,
    Commence,
    Critere,
    Feuille,
    Non,
    Parmi,
    Situe,
    Source,
    TailleEuropeenne,
    Tous,
    Un,
)
from aides.criteres.codes import sous
from aides.criteres.domaines import Intervalles, intersection, satisfaisants
from aides.criteres.evaluation import definition
from aides.criteres.faits import VOCABULAIRE, Type

CAS_MAXIMUM = 20_000
_SANS_SOURCE = Source("")

#: A criterion, and whether it must hold or must not.
_Voulu = tuple[Critere, bool]
#: What an ordered or a multiple fact is read by: its code, or a leaf that stands for itself.
_Variable = str | Feuille


class Indecis(Exception):
    """The tree has too many cases to be searched."""


@dataclass(frozen=True, slots=True)
class Monde:
    """What exists: sub-classes of NAF, legal forms, and places as sets of their codes."""

    naf: frozenset[str]
    formes: frozenset[str]
    lieux: frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Choix:
    """A multiple choice within `permis`, with at least one of each set of `exiges`."""

    permis: frozenset[str]
    exiges: frozenset[frozenset[str]] = frozenset()


_Contrainte = Intervalles | frozenset[object] | _Choix


def _croiser(ici: _Contrainte, la: _Contrainte) -> _Contrainte:
    match ici, la:
        case _Choix(), _Choix():
            return _Choix(ici.permis & la.permis, ici.exiges | la.exiges)
        case frozenset(), frozenset():
            return ici & la
        case tuple(), tuple():
            return intersection(ici, la)
        case _:
            raise TypeError(f"{ici!r} et {la!r} ne sont pas de même nature")


def _impossible(contrainte: _Contrainte) -> bool:
    if isinstance(contrainte, _Choix):
        return any(contrainte.permis.isdisjoint(codes) for codes in contrainte.exiges)
    return not contrainte


@dataclass(slots=True)
class Recherche:
    """Questions asked of trees over one `monde`; what its leaves accept is computed once."""

    monde: Monde
    _acceptes: dict[Feuille, frozenset[object]] = field(default_factory=dict)
    _cas: int = 0

    def possible(self, *criteres: Critere) -> bool:
        """Whether all of `criteres` may hold together. False is sure. Raises Indecis."""
        self._cas = 0
        return self._chercher([(critere, True) for critere in criteres], {})

    def _chercher(self, voulus: Iterable[_Voulu], avant: dict[_Variable, _Contrainte]) -> bool:
        self._cas += 1
        if self._cas > CAS_MAXIMUM:
            raise Indecis
        contraintes = dict(avant)
        alternatives: list[_Alternative] = []
        pile = list(voulus)
        while pile:
            critere, vrai = pile.pop()
            ouvert = _ouvrir(critere, vrai)
            if ouvert is None:
                variable, contrainte = self._litteral(critere, vrai)
                if variable in contraintes:
                    contrainte = _croiser(contraintes[variable], contrainte)
                if _impossible(contrainte):
                    return False
                contraintes[variable] = contrainte
            elif len(ouvert) == 1:
                pile.extend(ouvert[0])
            else:
                alternatives.append(_Alternative((critere, vrai), ouvert))
        return all(self._un_cas(lies, contraintes) for lies in _independants(alternatives))

    def _un_cas(
        self, alternatives: Sequence[_Alternative], contraintes: dict[_Variable, _Contrainte]
    ) -> bool:
        """Whether one way of settling all of these alternatives is possible."""
        premiere = min(alternatives, key=lambda alternative: len(alternative.branches))
        autres = [a.voulu for a in alternatives if a is not premiere]
        return any(
            self._chercher([*branche, *autres], contraintes) for branche in premiere.branches
        )

    def _litteral(self, critere: Critere, vrai: bool) -> tuple[_Variable, _Contrainte]:
        lu = satisfaisants(critere if vrai else Non(critere))
        if lu is not None:
            return lu
        match critere:
            case Parmi(fait, codes) if VOCABULAIRE[fait].type is Type.CHOIX_MULTIPLE:
                tout = frozenset(VOCABULAIRE[fait].choix or ())
                return fait, _Choix(tout, frozenset({codes})) if vrai else _Choix(tout - codes)
            case Parmi(fait, codes):
                tout = frozenset(VOCABULAIRE[fait].choix or ())
                return fait, frozenset[object](codes if vrai else tout - codes)
            case Commence(fait) if fait != "naf_2025":
                est_naf = VOCABULAIRE[fait].type is Type.CODE_NAF
                existants = self.monde.naf if est_naf else self.monde.formes
                return fait, self._parmi(critere, existants, vrai)
            case Situe(fait):
                return fait, self._parmi(critere, self.monde.lieux, vrai)
            case _:
                return _variable(critere), frozenset({vrai})

    def _parmi(
        self, feuille: Commence | Situe, existants: frozenset[Any], vrai: bool
    ) -> frozenset[object]:
        """The values that exist and that the leaf accepts, or refuses."""
        cle = replace(feuille, source=_SANS_SOURCE)
        if cle not in self._acceptes:
            self._acceptes[cle] = frozenset(v for v in existants if _accepte(feuille, v))
        acceptes = self._acceptes[cle]
        return acceptes if vrai else existants - acceptes


def _accepte(feuille: Commence | Situe, valeur: Any) -> bool:
    """Whether a code, or a place, satisfies the leaf: `evaluation` says the same of a fact."""
    match feuille:
        case Commence(_, codes, _, sauf):
            return sous(valeur, codes) and not sous(valeur, sauf)
        case Situe(_, perimetre, _, sauf):
            return not valeur.isdisjoint(perimetre) and valeur.isdisjoint(sauf)


@dataclass(frozen=True, slots=True, eq=False)
class _Alternative:
    """What is wanted, and the ways to have it."""

    voulu: _Voulu
    branches: list[list[_Voulu]]


def _ouvrir(critere: Critere, vrai: bool) -> list[list[_Voulu]] | None:
    """The ways in which a group holds, or does not; None for a leaf."""
    match critere:
        case Non(interieur):
            return [[(interieur, not vrai)]]
        case TailleEuropeenne():
            return [[(definition(critere), vrai)]]
        case Tous(criteres):
            return _au_moins(len(criteres) if vrai else 1, criteres, vrai)
        case Un(criteres):
            return _au_moins(1 if vrai else len(criteres), criteres, vrai)
        case AuMoins(nombre, criteres):
            return _au_moins(nombre if vrai else len(criteres) - nombre + 1, criteres, vrai)
        case _:
            return None


def _au_moins(nombre: int, criteres: tuple[Critere, ...], vrai: bool) -> list[list[_Voulu]]:
    """The ways to have `nombre` of these criteria hold, or not hold."""
    if comb(len(criteres), max(nombre, 0)) > CAS_MAXIMUM:
        raise Indecis
    return [
        [(critere, vrai) for critere in choisis]
        for choisis in combinations(criteres, max(nombre, 0))
    ]


def _independants(alternatives: Iterable[_Alternative]) -> list[list[_Alternative]]:
    """The alternatives in groups that share no fact: each group is settled by itself."""
    groupes: list[tuple[set[_Variable], list[_Alternative]]] = []
    for alternative in alternatives:
        variables, lies = set(_variables(alternative.voulu[0])), [alternative]
        restent = []
        for autres, membres in groupes:
            if autres.isdisjoint(variables):
                restent.append((autres, membres))
            else:
                variables |= autres
                lies += membres
        groupes = [*restent, (variables, lies)]
    return [lies for _, lies in groupes]


def _variables(critere: Critere) -> Iterator[_Variable]:
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for enfant in criteres:
                yield from _variables(enfant)
        case Non(interieur):
            yield from _variables(interieur)
        case TailleEuropeenne():
            yield from _variables(definition(critere))
        case _:
            lu = satisfaisants(critere)
            if lu is not None:
                yield lu[0]
            elif isinstance(critere, Parmi | Commence | Situe):
                yield critere.fait
            else:
                yield _variable(critere)


def _variable(critere: Critere) -> Feuille:
    """What stands for a leaf that no fact decides alone: itself, its source aside."""
    if isinstance(critere, Non | Tous | Un | AuMoins):
        raise TypeError(f"{critere!r} n’est pas une feuille")
    return replace(critere, source=_SANS_SOURCE)
