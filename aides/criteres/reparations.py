"""One unmet leaf -> changes of facts that may meet it, the smallest steps first.

They are proposals: `contrefactuel` keeps those with which the leaf, evaluated again, is met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from aides.criteres.arbre import Comparaison, DelaiEntreAides, Feuille, Operateur, Proportion
from aides.criteres.evaluation import Situation, lus
from aides.criteres.faits import DATE_DEMANDE, QUANTITES, Faits, Type, Valeur
from aides.criteres.faits import fait as fait_de
from aides.criteres.redaction import CONTRAIRES
from aides.criteres.temoins import BORNES_DE_DUREE, Temoins
from aides.criteres.valeurs import EMPLOIS_MAXIMUM, ENTIER_MAXIMUM, MONTANT_MAXIMUM

_MAXIMA = {
    Type.MONTANT: MONTANT_MAXIMUM * 100,
    Type.DIXIEMES: EMPLOIS_MAXIMUM * 10,
    Type.ENTIER: ENTIER_MAXIMUM,
}


def lues(feuille: Feuille) -> frozenset[str]:
    """The declared facts that a leaf reads, through those that are computed; the day of the
    request too when it counts."""
    codes = frozenset[str]().union(*(bases(code) for code in lus(feuille)))
    return codes | {DATE_DEMANDE.code} if isinstance(feuille, DelaiEntreAides) else codes


def bases(code: str) -> frozenset[str]:
    """What a fact is made from; itself when it is declared."""
    return frozenset(BORNES_DE_DUREE.get(code) or fait_de(code).bases or (code,))


def reparations(
    feuille: Feuille,
    oui: bool,
    situation: Situation,
    libres: AbstractSet[str],
    temoins: Temoins,
) -> Iterator[dict[str, Valeur]]:
    """Changes of the facts `libres` after which the leaf may hold, or (`oui` False) not hold.

    Facts of the leaf that nobody has answered are answered in the same change.
    """
    faits = situation.faits
    manquants = lues(feuille) - faits.keys()
    if not manquants <= libres:
        return
    complement = {code: _provisoire(code, faits) for code in manquants}
    if isinstance(feuille, Comparaison | Proportion):
        yield from _lineaires(feuille, oui, faits, libres, complement)
    a_changer = manquants or libres
    for code in sorted(a_changer, key=lambda code: (code == DATE_DEMANDE.code, code)):
        autres = {c: v for c, v in complement.items() if c != code}
        for valeur in temoins.valeurs(code, {**faits, **autres}):
            if faits.get(code) != valeur:
                yield {**autres, code: valeur}


def _provisoire(code: str, faits: Faits) -> Valeur:
    """What stands for a missing answer beside others: that day, or nothing."""
    return faits[DATE_DEMANDE.code] if fait_de(code).type is Type.DATE else 0


# ------------------------------------------------------------------ sums and shares


@dataclass(frozen=True, slots=True)
class _Lineaire:
    """`sum(coefficients x facts) + constante <operateur> 0`, over declared quantities."""

    coefficients: Mapping[str, int]
    constante: int
    operateur: Operateur


def _lineaire(feuille: Comparaison | Proportion) -> _Lineaire | None:
    """None for what is not a sum of quantities, such as an age."""
    membres: list[tuple[str, int]] = []
    constante = 0
    if isinstance(feuille, Comparaison):
        membres.append((feuille.fait, 1))
        constante = -feuille.seuil
    else:
        membres += [(feuille.gauche, feuille.denominateur), (feuille.droite, -feuille.numerateur)]
    coefficients: dict[str, int] = {}
    for code, facteur in membres:
        for base in bases(code):
            if fait_de(base).type not in QUANTITES:
                return None
            coefficients[base] = coefficients.get(base, 0) + facteur
    return _Lineaire(coefficients, constante, feuille.operateur)


def _lineaires(
    feuille: Comparaison | Proportion,
    oui: bool,
    faits: Faits,
    libres: AbstractSet[str],
    complement: Mapping[str, Valeur],
) -> Iterator[dict[str, Valeur]]:
    """The unanswered terms at zero, then one term moved to the boundary, smallest step first;
    at last the terms that push the wrong way emptied, the heaviest first."""
    somme = _lineaire(feuille)
    if somme is None:
        return
    if complement:
        yield dict(complement)
    valeurs = {code: _entier(faits.get(code)) for code in somme.coefficients}
    pas: list[tuple[int, str, int]] = []
    operateurs = _operateurs(somme.operateur, oui)
    for operateur in operateurs:
        for code in sorted(libres & somme.coefficients.keys()):
            x = _resoudre(somme, operateur, code, valeurs)
            if x is not None and 0 <= x <= _MAXIMA[fait_de(code).type]:
                pas.append((abs(x - valeurs[code]), code, x))
    for _, code, x in sorted(pas):
        yield {**complement, code: x}
    for operateur in operateurs:
        for sens in (1, -1):
            for vides in _vider(somme, operateur, sens, valeurs, libres):
                yield {**complement, **vides}


def _operateurs(operateur: Operateur, oui: bool) -> tuple[Operateur, ...]:
    if oui:
        return (operateur,)
    if operateur is Operateur.EGAL:
        return (Operateur.INFERIEUR, Operateur.SUPERIEUR)
    return (CONTRAIRES[operateur],)


def _resoudre(
    somme: _Lineaire, operateur: Operateur, code: str, valeurs: Mapping[str, int]
) -> int | None:
    """The value of `code` on the boundary, on the side that holds; None when it counts for
    nothing, or when no whole number makes both sides equal."""
    a = somme.coefficients[code]
    if a == 0:
        return None
    b = somme.constante + sum(k * valeurs[c] for c, k in somme.coefficients.items() if c != code)
    if a < 0:
        a, b, operateur = -a, -b, _RENVERSES[operateur]
    match operateur:  # a.x + b <operateur> 0, a > 0
        case Operateur.SUPERIEUR_OU_EGAL:
            return -(b // a)
        case Operateur.SUPERIEUR:
            return -b // a + 1
        case Operateur.INFERIEUR_OU_EGAL:
            return -b // a
        case Operateur.INFERIEUR:
            return -(b // a) - 1
        case Operateur.EGAL:
            return None if b % a else -b // a


_RENVERSES = {
    Operateur.INFERIEUR: Operateur.SUPERIEUR,
    Operateur.INFERIEUR_OU_EGAL: Operateur.SUPERIEUR_OU_EGAL,
    Operateur.EGAL: Operateur.EGAL,
    Operateur.SUPERIEUR_OU_EGAL: Operateur.INFERIEUR_OU_EGAL,
    Operateur.SUPERIEUR: Operateur.INFERIEUR,
}


def _vider(
    somme: _Lineaire,
    operateur: Operateur,
    sens: int,
    valeurs: Mapping[str, int],
    libres: AbstractSet[str],
) -> Iterator[dict[str, Valeur]]:
    """Terms of one sign, the heaviest first, emptied but for the last, moved to the boundary."""
    poids = {code: sens * k * valeurs[code] for code, k in somme.coefficients.items()}
    lourds = sorted((c for c in libres & poids.keys() if poids[c] > 0), key=lambda c: -poids[c])
    restants, vides = dict(valeurs), dict[str, Valeur]()
    for code, suivant in pairwise(lourds):
        restants[code] = vides[code] = 0
        yield dict(vides)
        x = _resoudre(somme, operateur, suivant, restants)
        if x is not None and 0 <= x < valeurs[suivant]:
            yield {**vides, suivant: x}
    if lourds:
        yield {**vides, lourds[-1]: 0}


def _entier(valeur: Valeur | None) -> int:
    return valeur if isinstance(valeur, int) else 0
