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
from tests.chaos.naissance import Processus

DOSSIERS = 200 if LONG else 40
VIDAGES = 20 if LONG else 4


def vider(monde: Monde, ouvrier: Processus) -> int:
    """FLUSHALL while hints wait, all workers being busy; how many there were."""
    os.killpg(ouvrier.pid, signal.SIGSTOP)
    try:
        with monde.redis() as client:
            monde.attendre(lambda: client.llen("celery") >= 2, "des annonces attendent")
            perdues = int(client.llen("celery"))
            client.flushall()
    finally:
        os.killpg(ouvrier.pid, signal.SIGCONT)
    return perdues


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
    ouvrier = monde.ouvrier()
    deposants = monde.deposants(DOSSIERS, processus=1)
    monde.attendre(lambda: monde.taches("acheminer_version") > 0, "une annonce est reçue")
    oubliees = 0
    for _ in range(VIDAGES):
        oubliees += vider(monde, ouvrier)
    monde.battement()
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
        hints_flushed=oubliees,
        broker_kills=2,
        sweeps=len(monde.balayages()),
    )
