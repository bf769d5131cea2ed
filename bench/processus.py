"""The portal's own processes beside the bench: started in a group of their own, and watched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection

from portal.services_embarques.chemins import PROJET

CELERY = (
    "-m", "celery", "-A", "bench.ouvriers", "worker", "--without-gossip", "--without-mingle",
    "--loglevel", "critical",
)  # fmt: skip
WEB = (
    "-m", "gunicorn", "portal.wsgi", "--workers", "2", "--threads", "4", "--no-control-socket",
    "--log-level", "critical",
)  # fmt: skip


def environnement(**ajouts: str) -> dict[str, str]:
    return {**os.environ, "NIVEAU_JOURNAUX": "CRITICAL", **ajouts}


@contextmanager
def processus(*arguments: str, env: dict[str, str], priorite: int = 0) -> Iterator[None]:
    """One of the portal's processes, in a group of its own, killed at the end; a higher
    `priorite` (that of `nice`) gives way to the others of the same session, in which it stays:
    Linux may share processors between sessions first."""
    with subprocess.Popen(  # noqa: S603
        ["nice", "-n", str(priorite), sys.executable, *arguments],  # noqa: S607
        cwd=PROJET, env=env, process_group=0,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as lance:  # fmt: skip
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(lance.pid, signal.SIGKILL)
            lance.wait()


#: What a virtual machine asked for and its host gave to others: a run with much of it says little.
VOLE = "volé par l’hôte"
CADENCE = os.sysconf("SC_CLK_TCK")
#: What a process is, by the first of these words that its command line holds.
_GENRES = (
    ("postgres", "PostgreSQL"), ("valkey", "Valkey"), ("gunicorn", "web"),
    ("bench.charge", "générateur"), ("documents", "documents"), ("celery", "workers"),
)  # fmt: skip


def processeur() -> Counter[str]:
    """Hundredths of a second of processor that each kind of process of this run used (Linux)."""
    temps: Counter[str] = Counter()
    marque = os.fsencode(f"PORTAIL_DONNEES={os.environ['PORTAIL_DONNEES']}")
    for dossier in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # The server's own processes are told by the folder they run in.
            ligne = (dossier / "cmdline").read_bytes()
            environ = (dossier / "environ").read_bytes()
            if marque not in environ and b"postgres" not in ligne.partition(b"\0")[0]:
                continue
            genre = next((nom for mot, nom in _GENRES if mot.encode() in ligne), "")
            champs = (dossier / "stat").read_text().rpartition(")")[2].split()
            if genre:
                # With that of its children that ended.
                temps[genre] += sum(map(int, champs[11:15])) * 100 // CADENCE
    # user, nice, system, idle, iowait, irq, softirq, steal: see proc_stat(5).
    vole = Path("/proc/stat").read_text().split(maxsplit=9)[8]
    temps[VOLE] = int(vole) * 100 // CADENCE
    return temps


class Guetteur(threading.Thread):
    """Looks at PostgreSQL ten times a second: the longest wait for a lock, in seconds."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.attente = 0.0
        self._fini = threading.Event()

    def run(self) -> None:
        with suppress(Exception), connection.cursor() as curseur:
            while not self._fini.wait(0.1):
                curseur.execute(
                    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0) "
                    "FROM pg_locks WHERE NOT granted"
                )
                self.attente = max(self.attente, float(curseur.fetchone()[0]))
        connection.close()

    def __enter__(self) -> Guetteur:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._fini.set()
        self.join()


def attendre(condition: str, parametres: Sequence[int], secondes: float) -> bool:
    """Whether a condition written in SQL becomes true in time."""
    fin = time.monotonic() + secondes
    with connection.cursor() as curseur:
        while time.monotonic() < fin:
            curseur.execute(f"SELECT {condition}", parametres)
            if curseur.fetchone()[0]:
                return True
            time.sleep(0.1)
    return False
