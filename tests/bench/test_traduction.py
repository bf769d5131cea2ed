"""The expressions given to the peers say what the evaluation says, without the peers."""

import pytest

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Comparaison,
    EnZone,
    Fenetre,
    Non,
    Operateur,
    Parmi,
    Situe,
    Source,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.evaluation import Situation, Verdict, evaluer
from bench.catalogue import LE, catalogue
from bench.dossiers import complets
from bench.lieux import Referentiel
from bench.traduction import CEL, RULE_ENGINE, ZEN, contexte, expression

SOURCE = Source("Règlement fictif")
RECHERCHE, ENGAGE = Vrai("activite_recherche", SOURCE), Vrai("projet_commence", SOURCE)


def test_python_reads_the_words_of_two_peers_and_finds_the_same_verdicts():
    """The dialect of zen-engine and rule-engine is Python's, but for `null`."""
    compares = 0
    for faits in complets(10):
        situation, lus = Situation(faits, Referentiel()), contexte(faits) | {"null": None}
        for critere in {c for aide in catalogue(60) for c in aide.criteres}:
            valeur = eval(expression(critere, RULE_ENGINE), {"__builtins__": {}}, lus)  # noqa: S307
            assert valeur is (evaluer(critere, situation).verdict is Verdict.OUI), critere
            compares += 1
    assert compares > 1_000


@pytest.mark.parametrize(
    ("critere", "attendue"),
    [
        (Non(ENGAGE), "!(projet_commence)"),
        (Tous((RECHERCHE, Non(ENGAGE))), "(activite_recherche && !(projet_commence))"),
        (Un((RECHERCHE, ENGAGE)), "(activite_recherche || projet_commence)"),
        (Comparaison("effectif", Operateur.EGAL, 30, SOURCE), "(effectif == 30)"),
        (
            Comparaison("total_bilan", Operateur.INFERIEUR, 5, SOURCE),
            "(total_bilan != null && total_bilan < 5)",
        ),
        (
            Situe("commune_projet", frozenset({"REG-60"}), SOURCE, frozenset({"DEP-007"})),
            "(('REG-60' in commune_projet) && !('DEP-007' in commune_projet))",
        ),
        (
            Parmi("secteur", frozenset({"culture", "industrie"}), SOURCE),
            "(('culture' in secteur || 'industrie' in secteur))",
        ),
        (EnZone("commune_siege", "X", SOURCE), "(('ZONE-X' in commune_siege))"),
        (
            Fenetre("date_demande", None, LE, SOURCE),
            f"(date_demande <= {LE.toordinal()})",
        ),
    ],
)
def test_cel(critere, attendue):
    assert expression(critere, CEL) == attendue


def test_a_count_is_every_choice_of_so_many():
    trois = AuMoins(2, (RECHERCHE, ENGAGE, Vrai("a_jour_obligations", SOURCE)))
    assert expression(trois, ZEN).count(" and ") == 3
    assert expression(trois, ZEN).count(" or ") == 2


def test_what_only_an_officer_knows_has_no_expression():
    with pytest.raises(TypeError):
        expression(AVerifier("x", "Le projet est beau", SOURCE), ZEN)
