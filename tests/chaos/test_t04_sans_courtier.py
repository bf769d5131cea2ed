"""T4: there is no broker while people file."""

from __future__ import annotations

import pytest

from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import Monde

DOSSIERS = 100 if LONG else 15


def depots_sans_courtier(monde: Monde, dossiers: int) -> None:
    """Every deposit succeeds, and is delivered once there is a broker and a worker."""
    monde.deposer(dossiers)
    monde.valkey()
    assert monde.inactif()
    monde.ouvrier()
    monde.battement()
    monde.attendre_accusees(3 * dossiers)
    assert monde.taches("acheminer_version") == 0


@pytest.mark.chaos("T4", "Valkey down during the whole filing")
def test_filing_needs_no_broker(monde: Monde, constater: Constater) -> None:
    depots_sans_courtier(monde, DOSSIERS)
    verdict = monde.verdict(3 * DOSSIERS)
    constater(
        verdict,
        f"all {DOSSIERS} deposits accepted, delivered after the restart",
        hints_received=0,
        sweeps=len(monde.balayages()),
    )
