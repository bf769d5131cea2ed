"""T2: whole groups of worker processes are killed, again and again."""

from __future__ import annotations

import random
import time

import pytest
from django.db.models import Sum

from dossiers.acheminement.models import Acheminement
from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import Monde, tuer

DOSSIERS = 300 if LONG else 40
COUPS = 40 if LONG else 5


@pytest.mark.chaos("T2", "SIGKILL the whole worker group, again and again")
def test_hosts_that_die_lose_nothing(monde: Monde, constater: Constater) -> None:
    hasard = random.Random(20261122)
    monde.valkey()
    monde.battement()
    deposants = monde.deposants(DOSSIERS, processus=1)
    for _ in range(COUPS):
        avant = len(monde.faits.lire("tache"))
        groupe = monde.ouvrier()
        # Killed at work, not at its start.
        monde.attendre(lambda n=avant: len(monde.faits.lire("tache")) > n, "une tâche commence")
        time.sleep(hasard.uniform(0, 2))
        tuer(groupe)
    monde.ouvrier()
    monde.finir(deposants)
    monde.attendre_accusees(3 * DOSSIERS)
    verdict = monde.verdict(3 * DOSSIERS)
    pertes = Acheminement.objects.aggregate(n=Sum("pertes"))["n"]
    constater(
        verdict,
        f"{verdict.accusees} of {3 * DOSSIERS} delivered, one case per key",
        groups_killed=COUPS,
        leases_lost=pertes,
    )
