"""T3: the broker is emptied, then killed, with and without what it had written."""

from __future__ import annotations

import os
import shutil
import signal
import time

import pytest

from dossiers.acheminement.models import Acheminement
from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import Monde, accusees, tuer
from tests.chaos.naissance import Processus

#: How many times the broker is lost. More dossiers at a time would only say how fast two
#: processors hand over what is left when it is back.
FOIS = 8 if LONG else 1
DOSSIERS = 40
VIDAGES = 4


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


def perdre_le_courtier(monde: Monde, ouvrier: Processus) -> tuple[int, int]:
    """While dossiers are filed; how many hints were forgotten, and how late the last desk has its
    demande, in sweeps.
    """
    attendues, recues = 3 * DOSSIERS + accusees(), monde.taches("acheminer_version")
    deposants = monde.deposants(DOSSIERS, processus=1)
    monde.attendre(lambda: monde.taches("acheminer_version") > recues, "une annonce est reçue")
    oubliees = sum(vider(monde, ouvrier) for _ in range(VIDAGES))
    battement = monde.battement()
    tuer_valkey(monde)
    monde.valkey()
    time.sleep(0.7)
    tuer_valkey(monde)
    shutil.rmtree(monde.valkey_dossier / "valkey")
    monde.finir(deposants)
    monde.valkey()
    revenu = time.time()
    monde.attendre_accusees(attendues)
    # The next time, what is forgotten must be so for a while.
    tuer(battement)
    return oubliees, retard(monde, revenu)


@pytest.mark.chaos("T3", "FLUSHALL mid-run, Valkey kill -9, then again with its data gone")
def test_a_broker_that_forgets_delays_and_loses_nothing(monde: Monde, constater: Constater) -> None:
    monde.valkey()
    ouvrier = monde.ouvrier()
    pertes = [perdre_le_courtier(monde, ouvrier) for _ in range(FOIS)]
    periodes = max(periodes for _, periodes in pertes)
    assert periodes <= 2
    attendues = 3 * DOSSIERS * FOIS
    verdict = monde.verdict(attendues)
    constater(
        verdict,
        f"{verdict.accusees} of {attendues} delivered, at most {periodes} sweep(s) late",
        hints_flushed=sum(oubliees for oubliees, _ in pertes),
        broker_kills=2 * FOIS,
        sweeps=len(monde.balayages()),
    )
