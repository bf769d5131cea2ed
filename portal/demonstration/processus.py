"""The processes of the demonstration: started in groups, stopped in any case."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO

from portal.services_embarques.chemins import PROJET, dossier_donnees, verrou_demonstration

MARQUE = "PORTAIL_DEMONSTRATION"
"""Environment variable that every process of a demonstration inherits: its data folder."""

ARRET = 12.0
"""Seconds given to a group of processes to stop (honcho kills what remains after 5)."""

PERIODE = 0.5
"""Seconds between two looks at our parent."""


class EchecDemonstration(Exception):
    """The demonstration cannot go on; the message (French) says why and what to do."""


@contextmanager
def demonstration_unique() -> Iterator[IO[str]]:
    """Hold the lock of this project's demonstration; its file says the address served."""
    dossier_donnees().mkdir(parents=True, exist_ok=True)
    with verrou_demonstration().open("a+", encoding="utf-8") as verrou:
        debut = time.monotonic()
        while True:
            try:
                fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                verrou.seek(0)
                adresse = verrou.read()
                # One that is stopping ends soon: it says no address any more, or is about to.
                if time.monotonic() - debut > (2 * PERIODE if adresse else ARRET):
                    ou = f"sur {adresse}" if adresse else "(elle démarre)"
                    raise EchecDemonstration(
                        f"La démonstration tourne déjà {ou}. "
                        "Arrêtez-la par Ctrl-C, là où elle a été lancée."
                    ) from None
                time.sleep(0.2)
        noter(verrou, "")
        yield verrou
        noter(verrou, "")


def noter(verrou: IO[str], adresse: str) -> None:
    """Write in the lock's file the address served, for another start and for the commands."""
    verrou.seek(0)
    verrou.truncate()
    verrou.write(adresse)
    verrou.flush()


def arreter_restes() -> None:
    """Stop what a demonstration killed hard left behind, whichever process was killed.

    Recognised by the environment they inherited, readable in /proc; elsewhere than on Linux
    the guardians alone see to it.
    """
    restes = list(_restes())
    for signal_envoye, delai in ((signal.SIGTERM, ARRET), (signal.SIGKILL, 2.0)):
        for pid in restes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal_envoye)
        limite = time.monotonic() + delai
        while restes and time.monotonic() < limite:
            time.sleep(0.1)
            restes = list(_restes())


def _restes() -> Iterator[int]:
    marque = os.fsencode(f"{MARQUE}={dossier_donnees()}")
    for dossier in Path("/proc").glob("[0-9]*"):
        # Not ours to read, or gone meanwhile; a zombie has no environment.
        with suppress(OSError):
            marques = (dossier / "environ").read_bytes().split(b"\0")
            if marque in marques and int(dossier.name) != os.getpid():
                yield int(dossier.name)


def environnement(port: int) -> dict[str, str]:
    """Return the environment of every process of the demonstration."""
    return {
        **os.environ,
        MARQUE: str(dossier_donnees()),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.dev"),
    }


@contextmanager
def groupe(
    noms: list[str], env: dict[str, str], journal: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run these lines of the Procfile, their output appended to `journal`."""
    with journal.open("ab") as sortie:
        processus = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "portal.demonstration.gardien", *noms],
            cwd=PROJET,
            env=env,
            stdin=subprocess.PIPE,
            stdout=sortie,
            stderr=sortie,
            start_new_session=True,  # Ctrl-C is for us, who stop the groups in order
        )
    try:
        yield processus
    finally:
        if processus.stdin:
            processus.stdin.close()
        try:
            processus.wait(ARRET)
        except subprocess.TimeoutExpired:
            processus.kill()
            processus.wait()


def surveiller_parent(parent: int, agir: Callable[[], None]) -> Callable[[], None]:
    """Return the body of a thread that calls `agir` once our parent (make) is gone."""

    def veiller() -> None:
        while os.getppid() == parent:
            time.sleep(PERIODE)
        agir()

    return veiller


def port_libre(port: int) -> bool:
    with closing(socket.socket()) as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            prise.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choisir_port(demande: str) -> int:
    """Return the port asked for, or else the first free one from 8000."""
    if demande:
        if not demande.isdigit() or not 0 < int(demande) < 65536:
            raise EchecDemonstration(f"PORT={demande} n'est pas un numéro de port.")
        if not port_libre(int(demande)):
            raise EchecDemonstration(
                f"Le port {demande} est déjà pris : choisissez-en un autre avec PORT=…"
            )
        return int(demande)
    for port in range(8000, 8100):
        if port_libre(port):
            return port
    raise EchecDemonstration("Aucun port libre entre 8000 et 8099 : choisissez-en un, PORT=…")
