"""T14: lives of demandes drawn at random (`tests.dossiers.acheminement.machine`)."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from dossiers.acheminement.invariant import bilan
from dossiers.models import Demande
from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import Monde, Verdict
from tests.conftest import vider_la_base
from tests.dossiers.acheminement.machine import Machine

VIES = 400 if LONG else 20


class MachineComptee(Machine):
    """Also counts what was lived, over all lives."""

    compte: ClassVar[Counter[str]] = Counter()

    def teardown(self) -> None:
        self.compte["lives"] += 1
        self.compte["demandes"] += Demande.objects.count()
        super().teardown()

    def passer(self, point: str) -> None:
        self.compte["deaths"] += bool(point) and point == self.point
        super().passer(point)


@pytest.mark.chaos(
    "T14", "random: file, die, acknowledge, double, late, withdraw, redirect, replay"
)
def test_the_invariant_holds_whatever_is_drawn(monde: Monde, constater: Constater) -> None:
    # Each life peoples an empty database itself.
    vider_la_base()
    run_state_machine_as_test(
        MachineComptee, settings=settings(max_examples=VIES, stateful_step_count=25, deadline=None)
    )
    fin = bilan()
    constater(
        Verdict(fin.perdues, fin.doublons, fin.deposees, fin.accusees),
        "the invariant after each step; at the end, nothing lost",
        **MachineComptee.compte,
    )
