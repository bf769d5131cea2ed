"""T6: PostgreSQL is stopped at once, as by a power cut, around the COMMIT of deposits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count

from dossiers.models import Dossier
from portal.services_embarques.chemins import PROJET
from portal.services_embarques.serveurs import Postgres, Serveur, attendre
from tests.chaos import personne
from tests.chaos.conftest import GABARIT, LONG, Constater, base_de_django
from tests.chaos.coups import POINTS_COMMIT
from tests.chaos.monde import LIMITE, Monde, monde_dans, tuer

DOSSIERS = 40 if LONG else 8


class PostgresAPart:
    """A server of this test's own, with a copy of the template, that is started again each time
    it falls.
    """

    def __init__(self, donnees: Path, pile: ExitStack) -> None:
        self.env = {**os.environ, "PORTAIL_DONNEES": str(donnees), "PYTHONUNBUFFERED": "1"}
        self.demarrages = 0
        self.fini = threading.Event()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PORTAIL_DONNEES", str(donnees))
            self.serveur = Postgres()
            Serveur.preparer(self.serveur)
        source = connection.settings_dict
        self.serveur.executer(
            *(self.serveur.binaires / "pg_basebackup", "-h", source["HOST"], "-U", source["USER"]),
            *("-D", self.serveur.grappe, "--checkpoint=fast"),
        )
        garde = threading.Thread(target=self._garder, daemon=True)
        garde.start()
        pile.callback(garde.join)
        pile.callback(self.fini.set)

    @property
    def postmaster(self) -> Path:
        return self.serveur.grappe / "postmaster.pid"

    def _garder(self) -> None:
        """What a supervisor does: start it again."""
        while not self.fini.is_set():
            with subprocess.Popen(
                [sys.executable, "-m", "portal.services_embarques", "postgres"],
                cwd=PROJET, env=self.env, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ) as lance:  # fmt: skip
                self.demarrages += 1
                while lance.poll() is None and not self.fini.wait(0.05):
                    pass
                tuer(lance)


@contextmanager
def monde_a_part(pile: ExitStack) -> Iterator[tuple[Monde, PostgresAPart]]:
    """A world whose PostgreSQL may fall without the other tests feeling it."""
    racine = Path(f"/tmp/chaos-{os.getpid()}-t6")
    pile.callback(shutil.rmtree, racine, ignore_errors=True)
    serveur = PostgresAPart(racine / "pg", pile)
    pile.enter_context(base_de_django(GABARIT, hote=str(serveur.serveur.sockets)))
    attendre(serveur.serveur.repond, "PostgreSQL")
    monde = pile.enter_context(monde_dans(racine / "m"))
    monde.subir(postmaster=str(serveur.postmaster))
    yield monde, serveur


def presser(adresse: str, dossier: Dossier, session: str) -> int:
    """Press until the portal says that it is deposited: how many times."""
    fois, limite = 1, time.monotonic() + LIMITE
    while (reponse := personne.deposer(adresse, dossier, session)) != 302:
        assert time.monotonic() < limite, f"{dossier} : {reponse} après {fois} essais"
        time.sleep(0.5)
        fois += 1
    return fois


@pytest.mark.chaos("T6", "PostgreSQL stopped (immediate) at the COMMIT of each deposit")
@pytest.mark.usefixtures("gabarit")
def test_what_was_acknowledged_survives_a_power_cut(
    constater: Constater, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), ExitStack() as pile, monde_a_part(pile) as (monde, postgres):
        with connection.cursor() as curseur:
            curseur.execute("SHOW fsync")
            assert curseur.fetchone() == ("on",)
        brouillons = monde.brouillons(DOSSIERS)
        sessions = [personne.jeton_de_session(dossier) for dossier in brouillons]
        monde.valkey()
        adresse = monde.web()
        monde.ouvrier()
        monde.battement()

        # One after the other: each cut has its deposit, while the workers hand over the others.
        pressions = [
            presser(adresse, dossier, session)
            for dossier, session in zip(brouillons, sessions, strict=True)
        ]
        coupures = monde.morts()
        assert set(coupures) == set(POINTS_COMMIT)
        monde.attendre(lambda: postgres.demarrages > sum(coupures.values()), "redémarrages")
        monde.attendre(postgres.serveur.repond, "PostgreSQL répond")
        connection.close()
        # Each was answered for in the end, and most outlived the cuts of those that followed.
        entiers = Dossier.objects.deposes().annotate(n=Count("demandes")).filter(n=3)
        assert {d.pk for d in entiers} == {d.pk for d in brouillons}
        monde.attendre_accusees(3 * DOSSIERS, LIMITE)
        constater(
            monde.verdict(3 * DOSSIERS),
            "nothing that was answered for is missing, nothing doubled (fsync on)",
            restarts=sum(coupures.values()),
            presses=sum(pressions),
        )
