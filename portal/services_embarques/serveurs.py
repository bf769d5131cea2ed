"""PostgreSQL and Valkey from their wheels, as foreground processes that we watch."""

import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from portal.services_embarques import chemins
from portal.services_embarques.compte import (
    Compte,
    binaire_valkey,
    binaires_postgres,
    compte_de_service,
)

DELAI = 20.0
"""Seconds a server is given to answer, or to stop."""


def attendre(condition: Callable[[], bool], quoi: str, delai: float = DELAI) -> None:
    """Poll `condition` until it holds; raise `ServiceIndisponible` after `delai` seconds."""
    limite = time.monotonic() + delai
    while not condition():
        if time.monotonic() > limite:
            raise chemins.ServiceIndisponible(f"{quoi} : pas de réponse après {delai:.0f} s.")
        time.sleep(0.05)


class Serveur(ABC):
    """One embedded server: `preparer`, then run `commande` until the `arret` signal."""

    nom: str
    arret: signal.Signals

    def __init__(self) -> None:
        self.compte: Compte = compte_de_service()
        self.sockets = chemins.dossier_sockets()
        self.donnees = chemins.dossier_donnees() / self.nom

    @abstractmethod
    def commande(self) -> list[str]: ...

    @abstractmethod
    def repond(self) -> bool: ...

    @abstractmethod
    def arreter_orphelin(self) -> None:
        """Stop a server that outlived a supervisor killed hard (it still answers)."""

    def preparer(self) -> None:
        """Make the folders; stop the orphan of a previous start, if there is one."""
        chemins.dossier_donnees().mkdir(parents=True, exist_ok=True)
        for dossier in (self.donnees, self.sockets):
            chemins.creer_dossier_prive(dossier, self.compte.uid, self.compte.gid)
        if self.repond():
            self.arreter_orphelin()
            attendre(lambda: not self.repond(), f"arrêt de {self.nom}")

    def apres_demarrage(self) -> None:  # noqa: B027
        """What remains to be done once the server answers."""

    def lancer(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603
            self.commande(), cwd="/", env=self._environnement(), **self.compte.options
        )

    def executer(self, *commande: str | Path) -> None:
        """Run a tool of the server to its end; its output is shown only when it fails."""
        fini = subprocess.run(  # noqa: S603
            [str(partie) for partie in commande],
            cwd="/",
            env=self._environnement(),
            capture_output=True,
            text=True,
            check=False,
            **self.compte.options,
        )
        if fini.returncode:
            raise chemins.ServiceIndisponible(f"{commande[0]} : {fini.stderr or fini.stdout}")

    def _environnement(self) -> dict[str, str]:
        # The caller's locale may not be generated on this machine.
        return {"LANG": "C", "LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}


class Postgres(Serveur):
    nom = "postgres"
    arret = signal.SIGINT  # "fast": does not wait for clients to leave

    def __init__(self, *options: str) -> None:
        super().__init__()
        self.options = options
        self.binaires = binaires_postgres()
        self.grappe = self.donnees / "18"

    def commande(self) -> list[str]:
        reglages = [mot for option in self.options for mot in ("-c", option)]
        return [
            *(str(self.binaires / "postgres"), "-D", str(self.grappe)),
            *("-h", "", "-k", str(self.sockets), "-p", "5432"),
            *("-c", "log_min_messages=fatal", *reglages),
        ]

    def preparer(self) -> None:
        super().preparer()
        if (self.grappe / "PG_VERSION").exists():
            return
        # Made aside and renamed, so that a start killed in the middle leaves no half cluster.
        ebauche = self.donnees / "18.ebauche"
        shutil.rmtree(ebauche, ignore_errors=True)
        self.executer(
            *(self.binaires / "initdb", "-D", ebauche, "-U", chemins.BASE),
            *("--auth=trust", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        ebauche.rename(self.grappe)

    def _connexion(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets),
            port=5432,
            user=chemins.BASE,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def repond(self) -> bool:
        # The server says here when it is ready; connecting before fills its log with errors.
        etat = self.grappe / "postmaster.pid"
        if not etat.exists() or "ready" not in etat.read_text(encoding="utf-8"):
            return False
        try:
            self._connexion().close()
        except psycopg.OperationalError:
            return False
        return True

    def arreter_orphelin(self) -> None:
        self.executer(self.binaires / "pg_ctl", "stop", "-D", self.grappe, "-m", "fast", "-w")

    def apres_demarrage(self) -> None:
        base = chemins.BASE
        with self._connexion() as connexion:
            if not connexion.execute("SELECT FROM pg_database WHERE datname = %s", [base]).rowcount:
                connexion.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(base)))


class Valkey(Serveur):
    nom = "valkey"
    arret = signal.SIGTERM

    def __init__(self) -> None:
        super().__init__()
        self.binaire = binaire_valkey()
        self.socket = chemins.socket_valkey()

    def commande(self) -> list[str]:
        return [
            *(str(self.binaire), "--port", "0", "--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700", "--dir", str(self.donnees)),
            *("--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
            *("--loglevel", "warning"),
        ]

    def _dire(self, commande: bytes) -> bytes:
        """Send one command; return the first bytes of the answer, none when nobody listens."""
        with socket.socket(socket.AF_UNIX) as prise:
            prise.settimeout(2)
            try:
                prise.connect(str(self.socket))
                prise.sendall(commande + b"\r\n")
                return prise.recv(64)
            except OSError:
                return b""

    def repond(self) -> bool:
        # Another answer (-LOADING) comes while the append-only file is read back.
        return self._dire(b"PING") == b"+PONG\r\n"

    def arreter_orphelin(self) -> None:
        self._dire(b"SHUTDOWN")


SERVEURS: dict[str, Callable[[], Serveur]] = {"postgres": Postgres, "valkey": Valkey}
