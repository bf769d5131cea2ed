"""The values of one fact that satisfy a leaf, as intervals of integers.

Quantities are themselves, a date the number of days since the first, yes is 1 and no 0, and
"not applicable" is the point -1: with it the contrary of a leaf is exactly the complement.
"""

from __future__ import annotations

import math
from datetime import date

from aides.criteres.arbre import (
    Comparaison,
    Critere,
    Fenetre,
    Non,
    Operateur,
    SansObjetFait,
    Vrai,
)
from aides.criteres.faits import Fait, Type
from aides.criteres.faits import fait as fait_de

#: Both ends included, in order, disjoint; an end may be infinite.
Intervalles = tuple[tuple[float, float], ...]
_SANS_OBJET = (-1.0, -1.0)


def possibles(fait: Fait) -> Intervalles:
    """Every value that a known fact can take."""
    debut = -1.0 if fait.sans_objet else 0.0
    return ((debut, 1.0 if fait.type is Type.BOOLEEN else math.inf),)


def satisfaisants(critere: Critere) -> tuple[str, Intervalles] | None:
    """The fact that a leaf, or a denied leaf, reads and the values of it that satisfy it.

    None for the nodes that are not about the value of one ordered fact.
    """
    match critere:
        case Non(interieur):
            lu = satisfaisants(interieur)
            if lu is None:
                return None
            code, intervalles = lu
            return code, complement(intervalles, possibles(fait_de(code)))
        case Comparaison(fait, operateur, seuil):
            return fait, _intervalle(*_bornes(operateur, seuil))
        case Fenetre(fait, debut, fin):
            return fait, _intervalle(_jour(debut, 0), _jour(fin, math.inf))
        case Vrai(fait):
            return fait, ((1.0, 1.0),)
        case SansObjetFait(fait):
            return fait, (_SANS_OBJET,) if fait_de(fait).sans_objet else ()
        case _:
            return None


def _bornes(operateur: Operateur, seuil: int) -> tuple[float, float]:
    return {
        Operateur.INFERIEUR: (0.0, seuil - 1.0),
        Operateur.INFERIEUR_OU_EGAL: (0.0, float(seuil)),
        Operateur.EGAL: (float(seuil), float(seuil)),
        Operateur.SUPERIEUR_OU_EGAL: (float(seuil), math.inf),
        Operateur.SUPERIEUR: (seuil + 1.0, math.inf),
    }[operateur]


def _jour(jour: date | None, sinon: float) -> float:
    return sinon if jour is None else jour.toordinal() - 1.0


def _intervalle(debut: float, fin: float) -> Intervalles:
    debut = max(debut, 0.0)
    return ((debut, fin),) if debut <= fin else ()


def intersection(ici: Intervalles, la: Intervalles) -> Intervalles:
    """The values in both."""
    communs = ((max(x[0], y[0]), min(x[1], y[1])) for x in ici for y in la)
    # A "point" at infinity, left by the complement of an open end, holds no value.
    return tuple(sorted((de, a) for de, a in communs if de <= a and de < math.inf))


def complement(a: Intervalles, dans: Intervalles) -> Intervalles:
    """The integers of `dans` that are not in `a`."""
    reste = dans
    for debut, fin in a:
        autour = ((-math.inf, debut - 1), (fin + 1, math.inf))
        reste = intersection(reste, autour)
    return reste
