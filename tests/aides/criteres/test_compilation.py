"""The compiled catalogue says what the evaluation says: outcomes, and the status of each leaf."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Comparaison,
    Critere,
    Non,
    Operateur,
    Proportion,
    Source,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.compilation import compiler
from aides.criteres.evaluation import Preuve, Situation, Verdict, bornes, evaluer, issue, resume
from aides.criteres.faits import completer
from tests.aides.criteres import strategies as s


def feuilles(preuve: Preuve) -> Iterator[Preuve]:
    """The proofs of the leaves, in the order of the tree."""
    if isinstance(preuve.critere, Tous | Un | AuMoins | Non):
        for enfant in preuve.enfants:
            yield from feuilles(enfant)
    else:
        yield preuve


def statut(feuille: Preuve) -> int:
    """The four bits of an interval, here that of `bornes`."""
    bas, haut = bornes(feuille)
    return sum(vrai << rang for rang, vrai in enumerate((bas >= 0, bas > 0, haut >= 0, haut > 0)))


situations = st.builds(s.situation, s.faits_declares, s.referentiels)


@settings(deadline=None)
@given(st.lists(s.arbres, min_size=1, max_size=12), st.lists(situations, min_size=1, max_size=3))
def test_the_circuit_says_what_the_evaluation_says(
    arbres: list[Critere], situations: list[Situation]
) -> None:
    circuit = compiler(arbres)
    for situation in situations:
        lecture = circuit.lire(situation.faits, situation.referentiel)
        preuves = [evaluer(arbre, situation) for arbre in arbres]
        assert lecture.verdicts() == [preuve.verdict for preuve in preuves]
        assert lecture.issues() == [issue(preuve) for preuve in preuves]
        attendus = [statut(feuille) for preuve in preuves for feuille in feuilles(preuve)]
        assert lecture.criteres().tolist() == attendus
        assert lecture.resumes() == [resume(preuve) for preuve in preuves]


@settings(deadline=None)
@given(st.lists(s.arbres_a_deux_voix, min_size=1, max_size=12))
def test_what_waits_for_the_company_or_for_an_officer(arbres: list[Critere]) -> None:
    situation = s.situation({})
    lecture = compiler(arbres).lire(situation.faits, situation.referentiel)
    assert lecture.issues() == [issue(evaluer(arbre, situation)) for arbre in arbres]


def test_a_shared_criterion_is_one_slot_whatever_its_source() -> None:
    autre = Source("Une autre délibération fictive")
    seul = compiler([Tous((Vrai("projet_commence", s.SOURCE), Vrai("micro_entrepreneur", autre)))])
    partages = compiler(
        [
            Tous((Vrai("projet_commence", source), Vrai("micro_entrepreneur", source)))
            for source in (s.SOURCE, autre)
            for _ in range(200)
        ]
    )
    assert partages.taille == seul.taille
    assert len(partages.racines) == 400
    assert len(partages.criteres) == 800


@pytest.mark.parametrize("facteur", [1, 4_096, 4_097, 999_999_999])
@pytest.mark.parametrize("ecart", [-1, 0, 1])
def test_a_share_is_exact_beyond_machine_integers(facteur: int, ecart: int) -> None:
    droite = 10**14
    arbre = Proportion(
        "apport", Operateur.INFERIEUR_OU_EGAL, facteur, facteur + 1, "emprunt", s.SOURCE
    )
    gauche = droite * facteur // (facteur + 1) + ecart
    faits = completer({"apport": gauche, "emprunt": droite}, s.JOUR)
    lecture = compiler([arbre]).lire(faits, s.Zones())
    assert lecture.verdicts() == [evaluer(arbre, Situation(faits, s.Zones())).verdict]


def test_groups_that_are_always_the_same_need_no_slot() -> None:
    verifier = AVerifier("impact", "Le point impact est établi", s.SOURCE)
    arbres = (Tous(()), Un(()), AuMoins(0, (verifier,)), AuMoins(2, (verifier,)), Un((verifier,)))
    circuit = compiler(arbres)
    assert circuit.taille == 3
    lecture = circuit.lire(completer({}, s.JOUR), s.Zones())
    assert [int(verdict) for verdict in lecture.verdicts()] == [1, -1, 1, -1, 0]


def test_an_empty_catalogue() -> None:
    lecture = compiler([]).lire(completer({}, s.JOUR), s.Zones())
    assert lecture.issues() == []
    assert lecture.criteres().tolist() == []


def test_the_property_would_see_a_wrong_threshold() -> None:
    """The boundary is inside the values that the strategies draw."""
    justes = Comparaison("effectif", Operateur.INFERIEUR, 2500, s.SOURCE)
    faux = Comparaison("effectif", Operateur.INFERIEUR_OU_EGAL, 2500, s.SOURCE)
    faits = completer({"effectif": 2500}, s.JOUR)
    lecture = compiler([justes, faux]).lire(faits, s.Zones())
    assert lecture.verdicts() == [Verdict.NON, Verdict.OUI]
