"""`make demo`: everything running, real data, the demonstration dossiers filed and followed.

PORT chooses the port; UNE_FOIS stops after the account, whose last line is then the last line.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from typing import IO
from urllib.error import HTTPError
from urllib.request import urlopen

from portal.demonstration.affichage import etape
from portal.demonstration.processus import (
    EchecDemonstration,
    arreter_restes,
    choisir_port,
    demonstration_unique,
    environnement,
    groupe,
    noter,
    surveiller_parent,
)
from portal.services_embarques.chemins import PROJET, ServiceIndisponible, dossier_donnees
from portal.services_embarques.serveurs import SERVEURS

# Title, arguments of manage.py, whether the command shows its own progress.
PREPARATION = (
    ("Structure de la base", ["migrate", "--noinput", "-v", "0"], False),
    ("Table du cache", ["createcachetable", "-v", "0"], False),
    ("Territoires", ["charger_territoires"], True),
    ("Organismes, guichets, compétences et aides", ["charger_referentiel"], True),
)
DELAI_DEMARRAGE = 60.0


class Demonstration:
    """One run, from the services to the account."""

    def __init__(self, port: int, verrou: IO[str]) -> None:
        self.verrou = verrou
        self.adresse = f"http://localhost:{port}/"
        self.env = environnement(port)
        self.journal = dossier_donnees() / "demonstration.log"
        self.pile = ExitStack()
        self.groupes: list[subprocess.Popen[bytes]] = []

    def derouler(self) -> None:
        """Start everything and print the account; `self.pile` stops it all when it closes."""
        self.journal.write_bytes(b"")
        # With real servers in the environment there is nothing to start here.
        embarques = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
        services = [nom for nom, url in embarques.items() if not os.environ.get(url)]
        if services:
            self._lancer(services)
            serveurs = [SERVEURS[nom]() for nom in services]
            self._attendre("PostgreSQL et Valkey", lambda: all(s.repond() for s in serveurs))
        for titre, commande, bavarde in PREPARATION:
            self._executer(titre, commande, bavarde)
        self._lancer(["web", "worker", "documents", "beat"])
        self._attendre("Serveur web", self._web_repond)
        self._executer("Dossiers de démonstration", ["demonstration"], bavarde=True)

    def servir(self) -> None:
        """Say where everything is, then stay until something stops."""
        noter(self.verrou, self.adresse)
        courriels = os.environ.get("DOSSIER_COURRIELS", dossier_donnees() / "courriels")
        print(f"\nAdresse    {self.adresse}", flush=True)
        self._executer("", ["demonstration", "--identifiants"], bavarde=True)
        print(f"Courriels  {courriels} (un fichier par envoi)")
        print(f"Journaux   {self.journal}")
        print("Ctrl-C arrête tout.", flush=True)
        try:
            while True:
                self._verifier()
                time.sleep(0.5)
        finally:
            noter(self.verrou, "")

    def _lancer(self, noms: list[str]) -> None:
        self.groupes.append(self.pile.enter_context(groupe(noms, self.env, self.journal)))

    def _verifier(self) -> None:
        if any(processus.poll() is not None for processus in self.groupes):
            fin = self.journal.read_text(encoding="utf-8", errors="replace").splitlines()[-25:]
            raise EchecDemonstration(
                "\n".join([*fin, f"Un processus s'est arrêté ; le reste est dans {self.journal}."])
            )

    def _attendre(self, titre: str, pret: Callable[[], bool]) -> None:
        limite = time.monotonic() + DELAI_DEMARRAGE
        with etape(titre) as patienter:
            while not pret():
                self._verifier()
                if time.monotonic() > limite:
                    raise EchecDemonstration(f"{titre} : pas de réponse ; voir {self.journal}.")
                patienter()
                time.sleep(0.1)

    def _executer(self, titre: str, commande: list[str], bavarde: bool) -> None:
        """Run a command of manage.py to its end, watching that the services stay up."""
        arguments = [sys.executable, str(PROJET / "manage.py"), *commande]
        with etape(titre, bavarde) as patienter:
            processus = subprocess.Popen(  # noqa: S603
                arguments, cwd=PROJET, env=self.env, stdin=subprocess.DEVNULL
            )
            self.pile.callback(_terminer, processus)
            while processus.poll() is None:
                self._verifier()
                patienter()
                time.sleep(0.05)
        if processus.returncode:
            raise EchecDemonstration(f"La commande « {commande[0]} » a échoué.")

    def _web_repond(self) -> bool:
        try:
            with urlopen(f"{self.adresse}comptes/login/", timeout=10) as reponse:  # noqa: S310
                return bool(reponse.status)
        except HTTPError as erreur:
            raise EchecDemonstration(
                f"{erreur.url} répond {erreur} ; voir {self.journal}."
            ) from None
        except OSError:  # nobody listens yet, or it is slow to answer
            return False


def _terminer(processus: subprocess.Popen[bytes]) -> None:
    if processus.poll() is None:
        processus.terminate()
        processus.wait()


def _interrompre(signum: int, frame: FrameType | None) -> None:
    # Once: an impatient second Ctrl-C must not cut the orderly stop short.
    for signal_ignore in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_ignore, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    for recu in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(recu, _interrompre)
    veille = surveiller_parent(os.getppid(), lambda: os.kill(os.getpid(), signal.SIGTERM))
    threading.Thread(target=veille, daemon=True).start()
    une_fois = os.environ.get("UNE_FOIS", "") not in {"", "0"}
    try:
        with demonstration_unique() as verrou:
            arreter_restes()
            port = choisir_port(os.environ.get("PORT", ""))
            demonstration = Demonstration(port, verrou)
            with demonstration.pile:
                demonstration.derouler()
                if not une_fois:
                    demonstration.servir()
    except KeyboardInterrupt:
        print("\nTout est arrêté.", flush=True)
        return 130
    except (EchecDemonstration, ServiceIndisponible) as erreur:
        print(f"\n{erreur}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
