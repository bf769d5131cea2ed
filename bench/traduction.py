"""Tree -> the expression of a peer, and facts -> what the peer reads.

One function for the three peers: their languages differ by a few words (`Dialecte`). Translated
to their advantage wherever it costs them nothing in meaning: dates are integers, a code comes with
its levels ready, a place with all its codes, a sum already made; a list of codes is one `in` after
the other, which each of them runs faster than a search by list. "Not applicable" is null, and a
fact that nobody answered is absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import assert_never

from aides.criteres.arbre import (
    AuMoins,
    Commence,
    Comparaison,
    Critere,
    EnZone,
    Fenetre,
    Non,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.codes import section_naf
from aides.criteres.evaluation import definition
from aides.criteres.faits import SANS_OBJET, VOCABULAIRE, Faits, Type, Valeur

Contexte = dict[str, int | bool | str | list[str] | None]
SUFFIXE = "_niveaux"


@dataclass(frozen=True, slots=True)
class Dialecte:
    """The words of one peer."""

    et: str
    ou: str
    non: str

    def tous(self, termes: Iterable[str]) -> str:
        return f" {self.et} ".join(termes)

    def un(self, termes: Iterable[str]) -> str:
        return "(" + f" {self.ou} ".join(termes) + ")"

    def contraire(self, terme: str) -> str:
        return f"{self.non}({terme})"


CEL = Dialecte("&&", "||", "!")
ZEN = Dialecte("and", "or", "not")
RULE_ENGINE = Dialecte("and", "or", "not ")


def expression(critere: Critere, mots: Dialecte) -> str:
    """What the peer is given for a tree; raises TypeError for what no peer can decide."""
    match critere:
        case Tous(criteres):
            return f"({mots.tous(expression(c, mots) for c in criteres)})"
        case Un(criteres):
            return mots.un(expression(c, mots) for c in criteres)
        case AuMoins(nombre, criteres):
            # Every choice of so many: exact for three values where the peer absorbs errors.
            choix = combinations(criteres, nombre)
            return mots.un(expression(Tous(groupe), mots) for groupe in choix)
        case Non(interieur):
            return mots.contraire(expression(interieur, mots))
        case TailleEuropeenne():
            return expression(definition(critere), mots)
        case _:
            return _feuille(critere, mots)


def _feuille(critere: Critere, mots: Dialecte) -> str:  # noqa: C901 - one case per leaf
    match critere:
        case Comparaison(fait, operateur, seuil):
            signe = "==" if operateur.value == "=" else operateur.value
            return _applicable(mots, f"{fait} {signe} {seuil}", fait)
        case Proportion(gauche, operateur, numerateur, denominateur, droite):
            signe = "==" if operateur.value == "=" else operateur.value
            calcul = f"{gauche} * {denominateur} {signe} {droite} * {numerateur}"
            return _applicable(mots, calcul, gauche, droite)
        case Vrai(fait):
            return fait
        case Parmi(fait, codes) if VOCABULAIRE[fait].type is Type.CHOIX:
            return mots.un(f"{fait} == '{code}'" for code in sorted(codes))
        case Parmi(fait, codes):
            return _porte(mots, fait, codes)
        case Commence(fait, codes, _, sauf):
            return _porte(mots, fait + SUFFIXE, codes, sauf)
        case Situe(fait, perimetre, _, sauf):
            return _porte(mots, fait, perimetre, sauf)
        case EnZone(fait, zone):
            return _porte(mots, fait, {f"ZONE-{zone}"})
        case Fenetre(fait, debut, fin):
            bornes = [f"{fait} >= {debut.toordinal()}"] if debut else []
            bornes += [f"{fait} <= {fin.toordinal()}"] if fin else []
            return _applicable(mots, mots.tous(bornes), fait)
        case SansObjetFait(fait):
            return f"{fait} == null"
        case _:
            raise TypeError(f"{critere!r} n’a pas d’expression chez les pairs")


def _applicable(mots: Dialecte, comparaison: str, *faits: str) -> str:
    """A comparison that "not applicable" makes false, for the facts that allow the answer."""
    gardes = [f"{fait} != null" for fait in faits if VOCABULAIRE[fait].sans_objet]
    return f"({mots.tous((*gardes, comparaison))})"


def _porte(
    mots: Dialecte, liste: str, codes: Iterable[str], sauf: Iterable[str] = frozenset()
) -> str:
    """The list carries one of `codes`, and none of `sauf`."""
    dedans = mots.un(f"'{code}' in {liste}" for code in sorted(codes))
    dehors = [mots.contraire(f"'{code}' in {liste}") for code in sorted(sauf)]
    return f"({mots.tous((dedans, *dehors))})"


def contexte(faits: Faits) -> Contexte:
    """The facts of a dossier, completed, as a peer reads them."""
    lus: Contexte = {}
    for code, valeur in faits.items():
        lus[code] = _valeur(valeur)
        fait = VOCABULAIRE[code]
        if isinstance(valeur, str) and fait.type in (Type.CODE_NAF, Type.CODE_FORME):
            niveaux = [valeur[:longueur] for longueur in range(1, len(valeur) + 1)]
            sections = [section_naf(valeur)] if fait.type is Type.CODE_NAF else []
            lus[code + SUFFIXE] = sections + niveaux
    return lus


def _valeur(valeur: Valeur) -> int | bool | str | list[str] | None:
    match valeur:
        case date():
            return valeur.toordinal()
        case frozenset():
            return sorted(valeur)
        case int() | str():
            return valeur
        case _ if valeur is SANS_OBJET:
            return None
        case _:
            assert_never(valeur)
