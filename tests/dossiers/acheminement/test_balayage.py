"""A backlog spreads over the workers: each sweep that is not enough calls for another."""

from __future__ import annotations

import pytest
from kombu.exceptions import OperationalError

from dossiers.acheminement import taches
from dossiers.acheminement.actes import balayage
from dossiers.acheminement.models import Acheminement
from tests.fabriques import AcheminementFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def appels(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows were still to be handed over at each call for another sweep."""
    vus: list[int] = []
    monkeypatch.setattr(balayage, "LOT", 2)
    monkeypatch.setattr(
        taches.balayer, "delay", lambda: vus.append(Acheminement.objects.a_remettre().count())
    )
    return vus


@pytest.mark.parametrize(("dus", "appeles"), [(0, []), (2, []), (3, [3]), (5, [5])])
def test_one_more_sweep_is_called_for_before_a_lot_that_is_not_all(
    appels: list[int], dus: int, appeles: list[int]
) -> None:
    for _ in range(dus):
        AcheminementFabrique()
    taches.balayer()
    assert appels == appeles
    assert Acheminement.objects.a_remettre().count() == max(0, dus - 2)


def test_without_a_broker_the_sweep_is_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise OperationalError("le courtier ne répond pas")

    monkeypatch.setattr(balayage, "LOT", 1)
    monkeypatch.setattr(taches.balayer, "delay", absent)
    for _ in range(2):
        AcheminementFabrique()
    taches.balayer()
    assert Acheminement.objects.a_remettre().count() == 1
