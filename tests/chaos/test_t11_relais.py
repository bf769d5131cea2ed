"""T11: workers are replaced one after the other, politely, while people file."""

from __future__ import annotations

import os
import signal

import pytest
from django.db.models import Sum

from dossiers.acheminement.models import Acheminement, Echec
from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import LIMITE, Monde

DOSSIERS = 200 if LONG else 40
RELAIS = 12 if LONG else 3


@pytest.mark.chaos("T11", "SIGTERM rolling restart under load")
def test_a_rolling_restart_fails_nothing(monde: Monde, constater: Constater) -> None:
    # Nobody dies here: no lease runs out and no call is given up, however slow the machine.
    monde.subir(appel=30, bail=60)
    monde.valkey()
    monde.battement()
    ouvriers = [monde.ouvrier(), monde.ouvrier()]
    deposants = monde.deposants(DOSSIERS, processus=1)
    for _ in range(RELAIS):
        avant = monde.taches("acheminer_version")
        monde.attendre(
            lambda n=avant: (
                monde.taches("acheminer_version") > n
                or all(d.poll() is not None for d in deposants)
            ),
            "du travail",
        )
        ouvriers.append(monde.ouvrier())
        sortant = ouvriers.pop(0)
        monde.attendre(lambda o=sortant: monde.pret(o), "l’ouvrier est prêt")
        # To the main process alone, as a supervisor does.
        os.kill(sortant.pid, signal.SIGTERM)
        assert sortant.wait(LIMITE) == 0
    monde.finir(deposants)
    monde.attendre_accusees(3 * DOSSIERS)
    assert Echec.objects.count() == 0
    assert Acheminement.objects.aggregate(n=Sum("tentatives"))["n"] == 3 * DOSSIERS
    assert set(monde.recepteur.appels.values()) == {1}
    constater(monde.verdict(3 * DOSSIERS), "0 lost, 0 failed, one call each", restarts=RELAIS)
