"""A reference receiver: the system of a desk, as small as it can be and still be right.

It verifies signatures (Standard Webhooks), keeps one case per key in a SQLite file, answers GET
by key, and acknowledges by a signed call to the portal. It listens on this machine only, and
knows nothing of Django: `manage.py recepteur` starts it, and tests use it as a library:

    with Recepteur(Reglages(secrets=("whsec_…",), fichier=Path("cas.sqlite3"))) as recepteur:
        recepteur.adresse            # where the portal is to send
        recepteur.registre.tous()    # what arrived, one case per key

`pannes` make it misbehave (see `pannes.PANNES`): each counts by itself, per key.
"""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from standardwebhooks import Webhook, WebhookVerificationError

from dossiers.acheminement.recepteur import accuses
from dossiers.acheminement.recepteur.pannes import Panne
from dossiers.acheminement.recepteur.registre import Cas, Registre
from dossiers.acheminement.recepteur.requetes import Requete

HOTE = "127.0.0.1"
CHEMIN = "/recevoir"
#: How it acknowledges: by a call of its own, in its answer, or never.
RAPPEL, REPONSE, JAMAIS = "rappel", "reponse", "jamais"


@dataclass(frozen=True, slots=True)
class Reglages:
    """What a receiver is told. `port` 0 takes a free one."""

    secrets: tuple[str, ...]
    fichier: Path
    port: int = 0
    accuse: str = RAPPEL
    pannes: tuple[Panne, ...] = ()
    dire: Callable[[str], None] = lambda ligne: None


class Refus(Exception):
    """A message that is not taken: its status, and why."""

    def __init__(self, statut: int, motif: str) -> None:
        super().__init__(motif)
        self.statut = statut


class Recepteur(ThreadingHTTPServer):
    """The server: serves in a thread of its own between `with` and its end."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, reglages: Reglages) -> None:
        super().__init__((HOTE, reglages.port), Requete)
        self.reglages = reglages
        self.registre = Registre(reglages.fichier)
        self.arrete = threading.Event()
        self._verrou = threading.Lock()
        self._faites: Counter[tuple[str, str]] = Counter()

    @property
    def adresse(self) -> str:
        return f"http://{HOTE}:{self.server_port}{CHEMIN}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        genre: type[BaseException] | None,
        erreur: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.arrete.set()
        self.shutdown()
        self.server_close()

    # -------------------------------------------------------------- what it does

    def verifier(self, corps: bytes, entetes: Mapping[str, str]) -> None:
        """Raises Refus unless one of the secrets signed this less than five minutes ago."""
        motif = "aucun secret"
        for secret in self.reglages.secrets:
            try:
                Webhook(secret).verify(corps, dict(entetes), json_parse=False)
            except (WebhookVerificationError, ValueError) as refus:
                motif = str(refus)
            else:
                return
        raise Refus(401, f"signature refusée : {motif}")

    def lire(self, corps: bytes) -> dict[str, Any]:
        """The message, whose content has the hash it says. Raises Refus."""
        try:
            message = json.loads(corps)
            if message["type"] == "demande.remise":
                contenu = message["data"]["contenu"]
                if empreinte(contenu) != message["data"]["empreinte"]:
                    raise Refus(400, "l’empreinte n’est pas celle du contenu")
        except (ValueError, KeyError, TypeError) as erreur:
            raise Refus(400, f"message mal formé : {erreur}") from erreur
        lu: dict[str, Any] = message
        return lu

    def ranger(self, message: dict[str, Any]) -> tuple[Cas, bool]:
        """Keep the demande, once per key. Raises Refus for another content under a known key."""
        data = message["data"]
        cas, nouveau = self.registre.ranger(
            cle=data["cle"],
            empreinte=data["empreinte"],
            numero=data["contenu"]["demande"]["numero"],
        )
        if cas.empreinte != data["empreinte"]:
            raise Refus(422, "cette clé a déjà un autre contenu")
        return cas, nouveau

    def panne(self, cle: str, *noms: str) -> Panne | None:
        """The first of these ways to misbehave that is still to be done for this key."""
        for panne in self.reglages.pannes:
            if panne.nom in noms:
                with self._verrou:
                    self._faites[cle, panne.nom] += 1
                    if panne.nom == "enorme" or self._faites[cle, panne.nom] <= panne.nombre:
                        return panne
        return None

    def accuser(self, adresse: str, cas: Cas) -> None:
        """Acknowledge by a call, in a thread of its own."""
        if self.reglages.accuse == RAPPEL:
            threading.Thread(target=self._accuser, args=(adresse, cas), daemon=True).start()

    def _accuser(self, adresse: str, cas: Cas) -> None:
        nombres = {panne.nom: panne.nombre for panne in self.reglages.pannes}
        if self.arrete.wait(nombres.get("accuse-tard", 0)):
            return
        texte, secret, dire = accuses.corps(cas), self.reglages.secrets[0], self.reglages.dire
        for rang in range(nombres.get("accuse-double", 1)):
            accuses.insister(adresse, f"accuse-{cas.cle}-{rang}", texte, secret, dire)
        for _ in range(nombres.get("accuse-inconnu", 0)):
            inconnue = str(uuid.uuid4())
            faux = texte.replace(cas.cle, inconnue)
            accuses.insister(adresse, f"accuse-{inconnue}", faux, secret, dire)


def empreinte(contenu: Any) -> str:
    """SHA-256 of the canonical JSON (RFC 8785): keys sorted, no space, UTF-8."""
    canonique = json.dumps(contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()
