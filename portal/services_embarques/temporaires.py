"""Private servers for the tests: in a temporary folder, gone with the process that asked."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal.services_embarques import chemins
from portal.services_embarques.serveurs import DELAI


@contextmanager
def services_temporaires(
    *services: str, dossier: Path, durable: bool = False
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run `services` ("postgres", "valkey") in `dossier`, which is created and removed.

    Yields the supervisors by name. They watch a pipe that we hold, so that they stop and clean
    up even when this process is killed hard. Addresses: `chemins`, with PORTAIL_DONNEES set to
    `dossier`. `durable` keeps PostgreSQL's fsync.
    """
    dossier.mkdir(mode=0o755, parents=True, exist_ok=True)
    with ExitStack() as pile:
        pile.callback(shutil.rmtree, dossier, ignore_errors=True)
        yield {nom: pile.enter_context(_superviseur(nom, dossier, durable)) for nom in services}


@contextmanager
def _superviseur(nom: str, dossier: Path, durable: bool) -> Iterator[subprocess.Popen[bytes]]:
    options = [] if durable else ["--sans-durabilite"]
    processus = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "portal.services_embarques", nom, "--temporaire", *options],
        cwd=chemins.PROJET,
        env={**os.environ, "PORTAIL_DONNEES": str(dossier), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert processus.stdin
    assert processus.stdout
    try:
        # One line says that the server answers; an end without it, that it failed.
        if not processus.stdout.readline():
            raise chemins.ServiceIndisponible(f"{nom} n'a pas démarré : voir ci-dessus.")
        yield processus
    finally:
        processus.stdin.close()
        processus.wait(DELAI)
        processus.stdout.close()
