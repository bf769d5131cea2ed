"""T1: the child of a worker is killed at six marked points."""

from __future__ import annotations

import pytest

from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import POINTS, Monde

DOSSIERS = 600 if LONG else 200
#: At each point, one row out of as many.
TOUS_LES = 12 if LONG else 24


@pytest.mark.chaos("T1", f"SIGKILL the child at 6 marked points, {DOSSIERS} dossiers × 3 desks")
def test_a_child_killed_anywhere_loses_nothing(monde: Monde, constater: Constater) -> None:
    attendues = 3 * DOSSIERS
    monde.subir(tous_les=TOUS_LES)
    monde.valkey()
    monde.ouvrier()
    monde.battement()
    monde.deposer(DOSSIERS)
    # Children die all along: a second for each demande is plenty even on a slow machine.
    monde.attendre_accusees(attendues, limite=attendues)
    morts = monde.morts()
    # Each point was really passed, and really killed at.
    assert set(morts) == set(POINTS)
    verdict = monde.verdict(attendues)
    assert verdict.accusees == attendues
    constater(
        verdict,
        f"{verdict.accusees} of {attendues} delivered, one case per key",
        par_point="/".join(str(morts[point]) for point in POINTS),
    )
