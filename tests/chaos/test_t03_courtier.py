"""T3: the broker is emptied, then killed, with and without what it had written."""

from __future__ import annotations

import os
import shutil
import signal
import time

import pytest

from dossiers.acheminement.models import Acheminement
from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import Monde

DOSSIERS = 120 if LONG else 30
VIDAGES = 10 if LONG else 4


def vider(monde: Monde) -> int:
    """FLUSHALL; how many hints were there."""
    with monde.redis() as client:
        perdus = int(client.llen("celery")) + int(client.hlen("unacked"))
        client.flushall()
    return perdus


def tuer_valkey(monde: Monde) -> None:
    with monde.redis() as client:
        pid = client.info("server")["process_id"]
    os.kill(pid, signal.SIGKILL)
    monde.attendre(lambda: not monde.valkey_repond(), "Valkey est mort")


def retard(monde: Monde, depuis: float) -> int:
    """The most sweeps that went by, whole, over a row that was due: in periods, its lateness."""
    balayages = [(b["debut"], b["t"]) for b in monde.balayages()]
    lignes = Acheminement.objects.select_related("demande")
    return max(
        sum(
            max(ligne.demande.deposee_le.timestamp(), depuis) <= debut
            and fin <= ligne.remise_le.timestamp()
            for debut, fin in balayages
        )
        for ligne in lignes
        if ligne.remise_le is not None
    )


@pytest.mark.chaos("T3", "FLUSHALL mid-run, Valkey kill -9, then again with its data gone")
def test_a_broker_that_forgets_delays_and_loses_nothing(monde: Monde, constater: Constater) -> None:
    monde.valkey()
    monde.ouvrier()
    monde.battement()
    deposants = monde.deposants(DOSSIERS, processus=1)
    oublies = 0
    for _ in range(VIDAGES):
        time.sleep(0.7)
        oublies += vider(monde)
    tuer_valkey(monde)
    monde.valkey()
    time.sleep(0.7)
    tuer_valkey(monde)
    shutil.rmtree(monde.valkey_dossier / "valkey")
    monde.finir(deposants)
    monde.valkey()
    revenu = time.time()
    monde.attendre_accusees(3 * DOSSIERS)
    periodes = retard(monde, revenu)
    assert periodes <= 2
    verdict = monde.verdict(3 * DOSSIERS)
    constater(
        verdict,
        f"{verdict.accusees} of {3 * DOSSIERS} delivered, at most {periodes} sweep(s) late",
        hints_flushed=oublies,
        broker_kills=2,
        sweeps=len(monde.balayages()),
    )
