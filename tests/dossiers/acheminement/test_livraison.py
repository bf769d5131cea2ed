"""Nothing is lost: real PostgreSQL, real Valkey, real workers, killed while dossiers arrive."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
import redis
from django.db import connection

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Demande, Dossier
from portal.services_embarques.chemins import PROJET
from portal.services_embarques.temporaires import services_temporaires
from portal.socle.models import Evenement
from tests.fabriques import (
    FAITS,
    AideFabrique,
    CommuneFabrique,
    CompetenceFabrique,
    DossierFabrique,
    MembreFabrique,
    VersionAideFabrique,
    declare,
)

pytestmark = [pytest.mark.livraison, pytest.mark.django_db(transaction=True)]

DOSSIERS = 200
DEPOSANTS = 4
LIMITE = 150.0
#: Two desks are competent, nobody is for export: a third of the demandes wait for a human.
NATURES = ("investissement", "innovation", "export")


def environnement(broker: Path) -> dict[str, str]:
    """What a process needs to meet this test's database and broker."""
    base = connection.settings_dict
    hote = str(base["HOST"]).replace("/", "%2F")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
        "DATABASE_URL": f"postgres://{base['USER']}@{hote}/{base['NAME']}",
        "REDIS_URL": f"unix://{broker}",
        "NIVEAU_JOURNAUX": "CRITICAL",
    }


@contextmanager
def processus(*arguments: str, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, killed at the end with all its children."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJET, env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as lance:  # fmt: skip
        try:
            yield lance
        finally:
            tuer(lance)


def tuer(lance: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the whole group: no goodbye, as when a host dies."""
    try:
        os.killpg(lance.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    lance.wait()


def worker(env: dict[str, str]) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return processus(
        "-m", "celery", "-A", "portal", "worker", "--concurrency", "2",
        "--without-gossip", "--without-mingle", "--loglevel", "critical",
        env=env,
    )  # fmt: skip


def brouillons(nombre: int) -> list[int]:
    """Drafts of as many companies, each asking for one aide of each nature."""
    for nature in NATURES:
        VersionAideFabrique(aide=AideFabrique(code=f"aide-{nature}"), nature=nature)
        if nature != "export":
            CompetenceFabrique(nature=nature)
    commune = CommuneFabrique()
    faits = {c: declare(v) for c, v in {**FAITS, "commune_projet": commune.code}.items()}
    pks = []
    for _ in range(nombre):
        membre = MembreFabrique()
        dossier = DossierFabrique(
            entreprise=membre.entreprise, cree_par=membre.user, faits=faits,
            choix=[f"aide-{nature}" for nature in NATURES],
        )  # fmt: skip
        pks.append(dossier.pk)
    return pks


def en_suspens() -> int:
    """Demandes that are neither handed over nor in the human queue."""
    remises = Demande.objects.filter(
        acheminements__de_reference=True, acheminements__remise_le__isnull=False
    )
    return Demande.objects.exclude(pk__in=remises.values("pk")).filter(file="").count()


@contextmanager
def courtier(dossier: Path) -> Iterator[None]:
    """A Valkey, killed hard at the end: every hint it held is gone with its folder."""
    with services_temporaires("valkey", dossier=dossier):
        try:
            yield
        finally:
            with redis.Redis(unix_socket_path=str(dossier / "sockets" / "valkey.sock")) as client:
                os.kill(client.info("server")["process_id"], signal.SIGKILL)


def deposer_sous_les_coups(pile: ExitStack, env: dict[str, str], valkey: Path) -> int:
    """File everything while workers and brokers are killed; how many times both were."""
    pks = [str(pk) for pk in brouillons(DOSSIERS)]
    deposants = [
        pile.enter_context(
            processus("-m", "tests.dossiers.acheminement.deposants", *pks[rang::DEPOSANTS], env=env)
        )
        for rang in range(DEPOSANTS)
    ]
    hasard, morts, fin = random.Random(20261121), 0, time.monotonic() + LIMITE
    while any(d.poll() is None for d in deposants) and time.monotonic() < fin:
        with courtier(valkey), worker(env):
            time.sleep(hasard.uniform(2, 4))
        morts += 1
        time.sleep(hasard.uniform(0, 1))  # deposits with no broker at all
    assert [d.wait(LIMITE) for d in deposants] == [0] * DEPOSANTS
    return morts


def test_200_dossiers_while_worker_and_broker_are_killed_lose_nothing(tmp_path: Path) -> None:
    valkey = Path(f"/tmp/livraison-{os.getpid()}")
    env = {**environnement(valkey / "sockets" / "valkey.sock"), "DOSSIER_COURRIELS": str(tmp_path)}
    with ExitStack() as pile:
        assert deposer_sous_les_coups(pile, env, valkey) >= 2
        # Time passes: the leases of dead workers expire, and the sweep takes up the rest.
        Acheminement.objects.update(bail_jusqu_a=None)
        with processus("manage.py", "acheminer", env=env) as balayage:
            assert balayage.wait(LIMITE) == 0
    assert Dossier.objects.deposes().count() == DOSSIERS
    assert Demande.objects.count() == DOSSIERS * len(NATURES)
    assert en_suspens() == 0
    assert Demande.objects.filter(etat=Etat.A_ETUDIER).count() == DOSSIERS * 2
    assert Demande.objects.en_file_humaine().count() == DOSSIERS
    # Nothing twice: one routing and one handing over for each demande, in the journal.
    for verbe in ("router", "remettre"):
        assert Evenement.objects.filter(verbe=verbe).count() == DOSSIERS * 2
