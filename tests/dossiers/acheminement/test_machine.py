"""Lives of demandes drawn at random: see `machine`. `make chaos` draws more of them (T14)."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.dossiers.acheminement.machine import Machine


@pytest.mark.django_db
def test_whatever_happens_nothing_is_lost_and_nothing_doubled() -> None:
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=8, stateful_step_count=20, deadline=None)
    )
