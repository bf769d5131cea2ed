"""Whether somebody can meet a tree: "nobody" is never said of what a situation satisfies."""

from datetime import date

import pytest
from hypothesis import given

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    EnZone,
    Fenetre,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.evaluation import Verdict, evaluer
from aides.criteres.satisfaction import Indecis, Monde, Recherche
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import SOURCE

MONDE = Monde(frozenset(s.NAF), frozenset(s.FORMES), frozenset(s.LIEUX.values()))


def possible(*criteres):
    return Recherche(MONDE).possible(*criteres)


@given(s.arbres, s.situations)
def test_what_somebody_meets_is_possible(arbre, situation):
    match evaluer(arbre, situation).verdict:
        case Verdict.OUI:
            assert possible(arbre)
        case Verdict.NON:
            assert possible(Non(arbre))


def au_plus(fait, seuil):
    return Comparaison(fait, Operateur.INFERIEUR_OU_EGAL, seuil, SOURCE)


def plus_de(fait, seuil):
    return Comparaison(fait, Operateur.SUPERIEUR, seuil, SOURCE)


def nature(*codes):
    return Parmi("nature_projet", frozenset(codes), SOURCE)


def naf(*codes):
    return Commence("naf", frozenset(codes), SOURCE)


def situe(*codes, sauf=()):
    return Situe("commune_projet", frozenset(codes), SOURCE, frozenset(sauf))


ETABLI = AVerifier("impact", "Le point impact est établi", SOURCE)
EN_ZONE = EnZone("commune_projet", "AFR", SOURCE)
PART = Proportion("apport", Operateur.SUPERIEUR, 1, 2, "emprunt", SOURCE)
IMPOSSIBLES = [
    (Tous((au_plus("effectif", 100), plus_de("effectif", 100))),),
    (au_plus("effectif", 100), Un((plus_de("effectif", 100), plus_de("effectif", 200)))),
    (nature("export"), Non(nature("export", "conseil"))),
    (Un((naf("10.1"), naf("A"))), naf("25")),
    (naf("64"),),
    (Commence("forme_juridique", frozenset({"5"}), SOURCE, frozenset({"57", "54"})),),
    (situe("REG-99"), situe("DEP-992")),
    (situe("REG-99", sauf=("DEP-991",)),),
    (ETABLI, Non(ETABLI)),
    (EN_ZONE, Non(EN_ZONE)),
    (PART, Non(PART)),
    (TailleEuropeenne(Taille.PETITE, SOURCE), plus_de("effectif", 500)),
    (Vrai("projet_commence", SOURCE), Non(Vrai("projet_commence", SOURCE))),
    (SansObjetFait("date_creation", SOURCE), Fenetre("date_creation", None, None, SOURCE)),
    (
        Fenetre("date_demande", date(2026, 1, 1), date(2026, 3, 31), SOURCE),
        Fenetre("date_demande", date(2026, 4, 1), None, SOURCE),
    ),
    (AuMoins(2, (au_plus("effectif", 9), plus_de("effectif", 9), naf("64"))),),
    (Non(AuMoins(1, (au_plus("effectif", 9), plus_de("effectif", 9)))),),
    (Un(()),),
]


@pytest.mark.parametrize("criteres", IMPOSSIBLES)
def test_nobody(criteres):
    assert not possible(*criteres)


@pytest.mark.parametrize(
    "criteres",
    [
        (Tous((au_plus("effectif", 100), plus_de("effectif", 99))),),
        # Several natures may be answered at once: one of each set is enough.
        (nature("export"), nature("conseil"), Non(nature("innovation"))),
        (situe("REG-99"), situe("EPCI-999000001")),
        (ETABLI, Non(EN_ZONE), PART),
        (AuMoins(2, (au_plus("effectif", 9), plus_de("effectif", 9), naf("10"))),),
        (SansObjetFait("date_creation", SOURCE), SansObjetFait("age_mois", SOURCE)),
        (Non(au_plus("chiffre_affaires", 0)), SansObjetFait("chiffre_affaires", SOURCE)),
        (Tous(()),),
    ],
)
def test_somebody(criteres):
    assert possible(*criteres)


def test_conditions_about_other_facts_do_not_multiply_the_cases():
    autres = [
        Un((plus_de(fait, 10), EnZone("commune_siege", f"Z{rang}", SOURCE)))
        for rang, fait in enumerate(("apport", "emprunt", "autres_aides", "depense_conseil") * 10)
    ]
    effectif = (
        Un((au_plus("effectif", 9), au_plus("effectif", 8))),
        Un((plus_de("effectif", 9), plus_de("effectif", 10))),
    )
    assert not possible(*autres, *effectif)


def test_too_many_cases_are_said_rather_than_searched():
    with pytest.raises(Indecis):
        possible(AuMoins(15, tuple(plus_de("effectif", rang) for rang in range(30))))
