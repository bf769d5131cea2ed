"""Chaos: real servers, real processes, killed. Collected by `make chaos` alone.

Each test has its database, cloned from a template that is migrated and peopled once, and its
Valkey; two tests run at a time.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from tests.chaos.monde import Monde, Verdict, monde_dans
from tests.chaos.population import peupler
from tests.conftest import dossier_tests

GABARIT = "gabarit"
LONG = os.environ.get("CHAOS_LONG") == "1"
#: Drafts in the template.
BROUILLONS = 800 if LONG else 200
#: Seconds after which a test is stopped whatever it does.
DUREE_MAXIMUM = 2400 if LONG else 900

collect_ignore_glob = [] if os.environ.get("CHAOS") == "1" else ["test_*.py"]


def ouvrir(base: str) -> psycopg.Connection:
    """A connection to a database of the tests' server, each statement committed."""
    reglages = connection.settings_dict
    return psycopg.connect(
        host=reglages["HOST"],
        port=reglages["PORT"] or None,
        user=reglages["USER"],
        dbname=base,
        autocommit=True,
    )


@contextmanager
def base_de_django(nom: str, hote: str = "") -> Iterator[None]:
    """Django speaks to this database meanwhile, on the tests' server or another."""
    reglages = connections["default"].settings_dict
    avant = {"NAME": reglages["NAME"], "HOST": reglages["HOST"]}
    connections["default"].close()
    reglages.update(NAME=nom, HOST=hote or reglages["HOST"])
    try:
        yield
    finally:
        connections["default"].close()
        reglages.update(avant)


def effacer(serveur: psycopg.Connection, base: str) -> None:
    """Once the processes that were killed are no longer there for the server either."""
    sessions = "SELECT FROM pg_stat_activity WHERE datname = %s"
    for _ in range(50):
        if not serveur.execute(sessions, [base]).rowcount:
            break
        time.sleep(0.1)
    serveur.execute(f"DROP DATABASE {base} WITH (FORCE)")


@pytest.fixture(scope="session")
def gabarit(django_db_blocker: Any) -> str:
    """The template: made by the first of the parallel workers that comes."""
    dossier_tests().mkdir(parents=True, exist_ok=True)
    with (
        (dossier_tests() / "gabarit.verrou").open("a") as verrou,
        ouvrir("postgres") as serveur,
        django_db_blocker.unblock(),
    ):
        fcntl.flock(verrou, fcntl.LOCK_EX)
        existe = serveur.execute("SELECT FROM pg_database WHERE datname = %s", [GABARIT])
        if existe.rowcount == 0:
            serveur.execute("DROP DATABASE IF EXISTS ebauche")
            serveur.execute("CREATE DATABASE ebauche")
            with base_de_django("ebauche"):
                with connection.cursor() as curseur:
                    # Nothing is lost if this is: it is only made again.
                    curseur.execute("ALTER DATABASE ebauche SET synchronous_commit = off")
                connection.close()
                call_command("migrate", verbosity=0, interactive=False)
                call_command("createcachetable", verbosity=0)
                peupler(BROUILLONS)
            serveur.execute("ALTER DATABASE ebauche RESET synchronous_commit")
            serveur.execute(f"ALTER DATABASE ebauche RENAME TO {GABARIT}")
    return GABARIT


Ouvrir = Callable[..., AbstractContextManager[Monde]]


@pytest.fixture
def nouveau_monde(gabarit: str, django_db_blocker: Any) -> Iterator[Ouvrir]:
    """Open worlds: `with nouveau_monde() as monde`; one at a time."""

    @contextmanager
    def ouvrir_monde(**options: Any) -> Iterator[Monde]:
        nom = f"chaos_{secrets.token_hex(4)}"
        with ExitStack() as pile:
            serveur = pile.enter_context(ouvrir("postgres"))
            # One clone at a time: a template must be used by nobody else.
            with (dossier_tests() / "gabarit.verrou").open("a") as verrou:
                fcntl.flock(verrou, fcntl.LOCK_EX)
                serveur.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                        sql.Identifier(nom), sql.Identifier(gabarit)
                    )
                )
            pile.callback(effacer, serveur, nom)
            pile.enter_context(base_de_django(nom))
            pile.enter_context(django_db_blocker.unblock())
            dossier = Path(f"/tmp/chaos-{os.getpid()}-{nom}")
            yield pile.enter_context(monde_dans(dossier, **options))

    return ouvrir_monde


@pytest.fixture
def monde(nouveau_monde: Ouvrir) -> Iterator[Monde]:
    with nouveau_monde() as ouvert:
        yield ouvert


@pytest.fixture(autouse=True)
def _duree_bornee() -> Iterator[None]:
    """A test that lasts too long fails, and its processes are killed."""

    def trop(signum: int, cadre: FrameType | None) -> None:
        pytest.fail(f"arrêté après {DUREE_MAXIMUM} secondes")

    avant = signal.signal(signal.SIGALRM, trop)
    signal.alarm(DUREE_MAXIMUM)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, avant)


# ------------------------------------------------------------------ the table

Constater = Callable[..., None]


@pytest.fixture
def constater(request: pytest.FixtureRequest) -> Constater:
    """Write a line of the table, then require that nothing be lost and nothing doubled.

    `constater(verdict, "ce qui a tenu", **chiffres)`.
    """

    def ecrire(verdict: Verdict, tenu: str, **chiffres: object) -> None:
        ligne = {
            "perdus": verdict.perdus,
            "doublons": verdict.doublons,
            "tenu": tenu,
            "chiffres": {**verdict.chiffres, **chiffres},
        }
        request.node.user_properties.append(("chaos", ligne))
        assert (verdict.perdus, verdict.doublons) == (0, 0), ligne

    return ecrire


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marque = item.get_closest_marker("chaos")
        if marque is not None:
            item.user_properties.append(("panne", [*marque.args]))
