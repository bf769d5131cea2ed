"""Real workers and brokers for the tests of what outlives them: started here, killed hard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import redis
from django.db import connection

from portal.services_embarques.chemins import PROJET
from portal.services_embarques.temporaires import services_temporaires


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


class Lance(Protocol):
    """A process that was started, by whatever means."""

    pid: int

    @property
    def returncode(self) -> int | None: ...

    def wait(self) -> int: ...


def tuer(lance: Lance) -> None:
    """SIGKILL to the whole group, no goodbye, as when a host dies; harmless when it is over."""
    if lance.returncode is not None:
        return  # its number may be somebody else's by now
    try:
        os.killpg(lance.pid, signal.SIGKILL)
    except ProcessLookupError:
        # Over, or so young that it has no group yet.
        with suppress(ProcessLookupError):
            os.kill(lance.pid, signal.SIGKILL)
    lance.wait()


def worker(env: dict[str, str]) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return processus(
        "-m", "celery", "-A", "portal", "worker", "--concurrency", "2",
        "--without-gossip", "--without-mingle", "--loglevel", "critical",
        env=env,
    )  # fmt: skip


@contextmanager
def courtier(dossier: Path) -> Iterator[None]:
    """A Valkey, killed hard at the end: every hint it held is gone with its folder."""
    with services_temporaires("valkey", dossier=dossier):
        try:
            yield
        finally:
            with redis.Redis(unix_socket_path=str(dossier / "sockets" / "valkey.sock")) as client:
                os.kill(client.info("server")["process_id"], signal.SIGKILL)
