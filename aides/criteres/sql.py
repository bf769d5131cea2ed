"""Conditions on the columns of facts, always in pairs: what surely holds, what surely does not.

Columns are known by a convention only (`FaitsDossier` follows it): one per fact, named by its
code, NULL when nobody answered; `sans_objet`, never NULL, the codes answered "not applicable",
whose own column is NULL; sets (places, choices, grants) are arrays that know the lookups
`overlap`, `disjoint`, `octroi_apres` and `sans_octroi_apres`; hierarchical codes compare in the
C collation. An age is not stored, since the day changes it: its date is.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from django.db.models import (
    BigIntegerField,
    Case,
    DecimalField,
    F,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, ExtractDay, ExtractMonth, ExtractYear
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from aides.criteres.arbre import Operateur
from aides.criteres.codes import SANS_SECTION, SECTIONS
from aides.criteres.faits import DATE_DEMANDE, SOMME, VOCABULAIRE

#: Facts counted on the day of the request, and the date each is counted from: no column.
AGES: Mapping[str, str] = {"age_mois": "date_creation"}
#: Constants, told by identity: they never reach PostgreSQL inside a group.
VRAI, FAUX = Q(Value(True)), Q(Value(False))


@dataclass(frozen=True, slots=True)
class Paire:
    """Two conditions that no row meets together; a row about which nothing is known meets
    neither, and each is then false or NULL, never by a negation."""

    oui: Q
    non: Q

    def contraire(self) -> Paire:
        return Paire(self.non, self.oui)


# ------------------------------------------------------------------ groups


def au_moins(nombre: int, paires: list[Paire]) -> Paire:
    """`nombre` of them hold; they do not when too many surely do not."""
    return Paire(
        _compter(nombre, [paire.oui for paire in paires]),
        _compter(len(paires) - nombre + 1, [paire.non for paire in paires]),
    )


def tous(*paires: Paire) -> Paire:
    return au_moins(len(paires), list(paires))


def un(*paires: Paire) -> Paire:
    return au_moins(1, list(paires))


def ou(*conditions: Q) -> Q:
    return _compter(1, conditions)


def et(*conditions: Q) -> Q:
    return _compter(len(conditions), conditions)


def _compter(nombre: int, conditions: Iterable[Q]) -> Q:
    """At least `nombre` of the conditions hold: an OR, an AND, or a sum of cases."""
    possibles = [condition for condition in conditions if condition is not FAUX]
    restantes = [condition for condition in possibles if condition is not VRAI]
    nombre -= len(possibles) - len(restantes)
    if nombre < 1:
        return VRAI
    if nombre > len(restantes):
        return FAUX
    if nombre in (1, len(restantes)):
        return Q(*restantes, _connector=Q.OR if nombre == 1 else Q.AND)
    cas = [
        Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
        for condition in restantes
    ]
    return Q(GreaterThanOrEqual(somme(cas), Value(nombre)))


def somme(termes: Sequence[Combinable]) -> Combinable:
    """The sum of at least one term, balanced: thousands of them must not nest as deep."""
    if len(termes) == 1:
        return termes[0]
    milieu = len(termes) // 2
    return somme(termes[:milieu]) + somme(termes[milieu:])


# ------------------------------------------------------------------ what a fact is worth


def valeur(code: str, le: date) -> Combinable:
    """The value of a fact, NULL when it is not answered or does not apply; in a sum, what does
    not apply counts for zero."""
    if code == DATE_DEMANDE.code:
        return Value(le)
    if code in AGES:
        return _age(F(AGES[code]), le)
    if SOMME in code:
        return somme([_terme(terme) for terme in code.split(SOMME)])
    return F(code)


def _terme(code: str) -> Combinable:
    zeros = [When(condition, then=Value(0)) for condition in sans_objet(code)]
    return Case(*zeros, default=F(code), output_field=BigIntegerField()) if zeros else F(code)


def connue(code: str, le: date) -> Q:
    """That the fact has a value, which is not "not applicable"."""
    return Q(IsNull(valeur(code, le), False))


def sans_objet(code: str, lookup: str = "contains") -> list[Q]:
    """That the fact does not apply, or with "disjoint" that it may; nothing to ask of a fact
    that always applies, as a sum does."""
    colonne = AGES.get(code, code)
    possible = SOMME not in code and VOCABULAIRE[colonne].sans_objet
    return [Q((f"sans_objet__{lookup}", [colonne]))] if possible else []


def ouverte(codes: Iterable[str]) -> Q:
    """That the company can still answer one of the facts, and that each of them may apply."""
    manques, gardes = [], []
    for code in codes:
        for terme in code.split(SOMME):
            if terme != DATE_DEMANDE.code:
                garde = sans_objet(terme, "disjoint") if SOMME in code else []
                manques.append(et(Q((f"{AGES.get(terme, terme)}__isnull", True)), *garde))
        gardes += sans_objet(code, "disjoint")
    return et(ou(*manques), *gardes)


# ------------------------------------------------------------------ comparisons


def comparer(gauche: Combinable, operateur: Operateur, droite: Combinable) -> Paire:
    """A comparison, and the opposite one."""
    moins = Paire(Q(LessThan(gauche, droite)), Q(GreaterThanOrEqual(gauche, droite)))
    plus = Paire(Q(GreaterThan(gauche, droite)), Q(LessThanOrEqual(gauche, droite)))
    match operateur:
        case Operateur.INFERIEUR:
            return moins
        case Operateur.INFERIEUR_OU_EGAL:
            return plus.contraire()
        case Operateur.EGAL:
            return Paire(Q(Exact(gauche, droite)), ou(moins.oui, plus.oui))
        case Operateur.SUPERIEUR_OU_EGAL:
            return moins.contraire()
        case Operateur.SUPERIEUR:
            return plus
        case _:
            assert_never(operateur)


def bornes(mesure: Combinable, debut: date | int | None, fin: date | int | None) -> list[Paire]:
    """From `debut`, until `fin`, both included, each unless it is open."""
    cotes = ((Operateur.SUPERIEUR_OU_EGAL, debut), (Operateur.INFERIEUR_OU_EGAL, fin))
    return [comparer(mesure, cote, Value(borne)) for cote, borne in cotes if borne is not None]


#: A factor up to which a product stays a bigint: a quantity is at most 10^14 (`valeurs`), and a
#: sum has fewer terms than the vocabulary.
FACTEUR_MAXIMUM = 1000


def proportion(
    gauche: Combinable, operateur: Operateur, part: tuple[int, int], droite: Combinable
) -> Paire:
    """`gauche <op> part of droite`, by exact products; `part` is (numerator, denominator)."""
    numerateur, denominateur = part
    if max(part) <= FACTEUR_MAXIMUM:
        return comparer(gauche * Value(denominateur), operateur, droite * Value(numerateur))
    large = DecimalField(max_digits=60, decimal_places=0)
    return comparer(
        Cast(gauche, large) * Value(Decimal(denominateur)),
        operateur,
        Cast(droite, large) * Value(Decimal(numerateur)),
    )


def dans(fait: str, codes: Iterable[str]) -> Paire:
    """One at least of the codes is in the array of the fact, or none is."""
    liste = sorted(codes)
    if not liste:
        return Paire(FAUX, VRAI)
    return Paire(Q((f"{fait}__overlap", liste)), Q((f"{fait}__disjoint", liste)))


def sous(fait: str, niveaux: Iterable[str]) -> Paire:
    """A hierarchical code under one of the levels: each is a half-open interval of codes."""
    sections = SECTIONS.get(fait, SANS_SECTION)
    intervalles = []
    for niveau in sorted(niveaux):
        if not niveau.isalpha():
            intervalles.append((niveau, niveau[:-1] + chr(ord(niveau[-1]) + 1)))
        elif niveau in sections:
            premiere, derniere = sections[niveau]
            intervalles.append((f"{premiere:02d}", f"{derniere + 1:02d}"))
    return un(
        *(
            tous(
                comparer(F(fait), Operateur.SUPERIEUR_OU_EGAL, Value(debut)),
                comparer(F(fait), Operateur.INFERIEUR, Value(suivant)),
            )
            for debut, suivant in intervalles
        )
    )


# ------------------------------------------------------------------ ages, in whole months


def _age(depuis: F, le: date) -> Combinable:
    """`faits.mois_revolus`, zero for a date still to come."""
    mois = Value(le.year * 12 + le.month) - ExtractYear(depuis) * 12 - ExtractMonth(depuis)
    entame = Case(
        When(GreaterThan(ExtractDay(depuis), Value(le.day)), then=Value(1)), default=Value(0)
    )
    # A CASE, not GREATEST: that one forgets a NULL.
    return Case(
        When(GreaterThan(depuis, Value(le)), then=Value(0)),
        default=mois - entame,
        output_field=IntegerField(),
    )


def comparer_age(code: str, operateur: Operateur, mois: int, le: date) -> Paire:
    """An age against a number of months, asked of the date itself."""

    def atteint(voulus: int) -> Paire:
        jour = Value(dernier_jour(voulus, le))
        return comparer(F(AGES[code]), Operateur.INFERIEUR_OU_EGAL, jour)

    match operateur:
        case Operateur.INFERIEUR:
            return atteint(mois).contraire()
        case Operateur.INFERIEUR_OU_EGAL:
            return atteint(mois + 1).contraire()
        case Operateur.EGAL:
            return tous(atteint(mois), atteint(mois + 1).contraire())
        case Operateur.SUPERIEUR_OU_EGAL:
            return atteint(mois)
        case Operateur.SUPERIEUR:
            return atteint(mois + 1)
        case _:
            assert_never(operateur)


def dernier_jour(mois: int, le: date) -> date:
    """The last day since which `mois` whole months have passed on the day `le`."""
    if mois <= 0:
        return date.max
    annee, rang = divmod(le.year * 12 + le.month - 1 - mois, 12)
    if annee < date.min.year:
        return date.min
    return date(annee, rang + 1, min(le.day, monthrange(annee, rang + 1)[1]))
