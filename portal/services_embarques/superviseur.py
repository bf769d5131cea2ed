"""Run one server in the foreground: it stops when we are told to, or when our parent dies."""

import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO

from portal.services_embarques.chemins import ServiceIndisponible, dossier_donnees
from portal.services_embarques.serveurs import DELAI, Serveur

PERIODE = 0.2
"""Seconds between two looks at the server and at our parent."""
ATTENTE_VERROU = 5.0
"""Seconds left to a previous supervisor that is stopping."""


class Superviseur:
    """`executer` returns the exit code once the server has stopped."""

    def __init__(self, serveur: Serveur, parent_vivant: Callable[[], bool]) -> None:
        self.serveur = serveur
        self.parent_vivant = parent_vivant
        self.arret_demande = threading.Event()

    def executer(self) -> int:
        for signal_recu in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signal_recu, self._demander_arret)
        with _verrou(self.serveur):
            self.serveur.preparer()
            processus = self.serveur.lancer()
            try:
                self._attendre_reponse(processus)
                while processus.poll() is None and not self._doit_cesser():
                    self.arret_demande.wait(PERIODE)
            finally:
                code = self._arreter(processus)
        return 0 if self._doit_cesser() else code or 1

    def _demander_arret(self, signum: int, frame: FrameType | None) -> None:
        self.arret_demande.set()

    def _doit_cesser(self) -> bool:
        return self.arret_demande.is_set() or not self.parent_vivant()

    def _attendre_reponse(self, processus: subprocess.Popen[bytes]) -> None:
        limite = time.monotonic() + DELAI
        while processus.poll() is None and not self._doit_cesser():
            if self.serveur.repond():
                self.serveur.apres_demarrage()
                print(f"{self.serveur.nom} répond ({self.serveur.sockets})", flush=True)
                return
            if time.monotonic() > limite:
                raise ServiceIndisponible(f"{self.serveur.nom} ne répond pas.")
            time.sleep(0.05)

    def _arreter(self, processus: subprocess.Popen[bytes]) -> int:
        if processus.poll() is None:
            processus.send_signal(self.serveur.arret)
        try:
            return processus.wait(DELAI)
        except subprocess.TimeoutExpired:
            processus.kill()
            return processus.wait()


def verrou_de(serveur: Serveur) -> Path:
    return dossier_donnees() / f"{serveur.nom}.verrou"


def _verrou(serveur: Serveur) -> IO[bytes]:
    """Hold one lock per server, waiting a little for a supervisor that is stopping."""
    dossier_donnees().mkdir(parents=True, exist_ok=True)
    fichier = verrou_de(serveur).open("ab")
    limite = time.monotonic() + ATTENTE_VERROU
    while True:
        try:
            fcntl.flock(fichier, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > limite:
                fichier.close()
                raise ServiceIndisponible(
                    f"{serveur.nom} tourne déjà pour ce projet (une autre « make demo » ?)."
                ) from None
            time.sleep(PERIODE)
        else:
            return fichier


def parent_par_pid() -> Callable[[], bool]:
    """Return a test that our parent is still the one that started us."""
    parent = os.getppid()
    return lambda: os.getppid() == parent


def parent_par_entree() -> Callable[[], bool]:
    """Return a test that the other end of our standard input is still open."""
    ferme = threading.Event()

    def lire() -> None:
        while os.read(0, 1024):
            pass
        ferme.set()

    threading.Thread(target=lire, daemon=True).start()
    return lambda: not ferme.is_set()
