"""Law: comparing two trees in SQL finds the rows whose evaluated outcome changes, only them."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aides.criteres.arbre import Critere
from aides.criteres.evaluation import Issue, Situation, evaluer, issue
from aides.criteres.faits import Faits, completer
from dossiers.rapprochement.inverse.comparaison import Comparaison, Cote
from dossiers.rapprochement.inverse.effets import FAVORABLES, JAMAIS, Sens
from tests.aides.criteres import strategies as s
from tests.dossiers.rapprochement.rangees import au_hasard, deposer

ROWS = 120
tranquille = settings(suppress_health_check=list(HealthCheck), max_examples=25)
cotes = st.builds(
    Cote,
    s.arbres | st.just(JAMAIS),
    st.sampled_from((s.JOUR, s.JOUR - timedelta(days=1))),
    s.referentiels,
)


@pytest.fixture
def rangees(db: None) -> dict[int, Faits]:
    hasard = random.Random(20261121)
    return deposer([au_hasard(hasard) for _ in range(ROWS)])


def _issue(cote: Cote, faits: Faits) -> Issue:
    return issue(evaluer(cote.critere, Situation(completer(faits, cote.le), cote.referentiel)))


def _sens(avant: Issue, apres: Issue) -> Sens:
    """Said again by hand, case by case."""
    if apres in FAVORABLES and avant not in FAVORABLES:
        return Sens.GAGNE
    if avant in FAVORABLES and apres not in FAVORABLES:
        return Sens.PERDU
    return Sens.AUTRE


@tranquille
@given(cotes, cotes)
def test_what_changes_in_sql_is_what_changes_in_the_proofs(
    rangees: dict[int, Faits], avant: Cote, apres: Cote
) -> None:
    attendus = {}
    for pk, faits in rangees.items():
        une, autre = _issue(avant, faits), _issue(apres, faits)
        if une is not autre:
            attendus[pk] = (une.value, autre.value, _sens(une, autre).value)
    lignes = Comparaison(avant, apres).changements().values_list("pk", "avant", "apres", "sens")
    assert {pk: tuple(reste) for pk, *reste in lignes} == attendus


@tranquille
@given(s.arbres, s.referentiels)
def test_the_same_tree_changes_nothing(
    rangees: dict[int, Faits], arbre: Critere, zones: s.Zones
) -> None:
    cote = Cote(arbre, s.JOUR, zones)
    assert not Comparaison(cote, cote).changements().exists()
