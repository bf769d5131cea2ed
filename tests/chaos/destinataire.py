"""The other side: the reference receiver, which also counts, waits and forgets when told to."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from typing import Any

from dossiers.acheminement.recepteur.pannes import Panne, lire
from dossiers.acheminement.recepteur.registre import Cas, Registre
from dossiers.acheminement.recepteur.requetes import Requete
from dossiers.acheminement.recepteur.serveur import REPONSE, Recepteur, Reglages

#: What every desk of the chaos tests shares with the portal; fictitious.
SECRET = "whsec_c2VjcmV0LWZpY3RpZi1kZXMtdGVzdHMtZGUtY2hhb3M="


class Destinataire(Recepteur):
    """A receiver of all desks: cases in SQLite by key, every call counted by key.

    `dedoublonne=False` makes a new case of every POST, as a system that ignores keys.
    """

    def __init__(self, dossier: Path, *, dedoublonne: bool = True) -> None:
        super().__init__(
            Reglages(secrets=(SECRET,), fichier=dossier / "recepteur.sqlite3", accuse=REPONSE)
        )
        self.RequestHandlerClass = Appel
        if not dedoublonne:
            self.registre = RegistreNaif(self.reglages.fichier)
        self.appels: Counter[tuple[str, str]] = Counter()
        #: How desks misbehave, by their code: "500:3", as `pannes` writes it.
        self.pannes: dict[str, tuple[str, ...]] = {}
        #: What a POST of a desk waits for before it is looked at, once; and the POST that waits.
        self.attentes: dict[str, threading.Event] = {}
        self.en_attente = threading.Event()
        self._guichets: dict[str, str] = {}

    def lire(self, corps: bytes) -> dict[str, Any]:
        message = super().lire(corps)
        cle, guichet = message["data"]["cle"], message["data"]["contenu"]["guichet"]["code"]
        self.appels["POST", cle] += 1
        self._guichets[cle] = guichet
        attente = self.attentes.pop(guichet, None)
        if attente is not None:
            self.en_attente.set()
            attente.wait(120)
        return message

    def panne(self, cle: str, *noms: str) -> Panne | None:
        for texte in self.pannes.get(self._guichets[cle], ()):
            panne = lire(texte)
            if panne.nom in noms:
                self._faites[cle, panne.nom] += 1
                if self._faites[cle, panne.nom] <= panne.nombre:
                    return panne
        return None

    def cles(self) -> set[str]:
        """The keys of which there is a case."""
        return {cas.cle.partition("#")[0] for cas in self.registre.tous()}

    def posts(self, guichet: str = "") -> int:
        """How many times something was sent, to this desk or to all."""
        return sum(
            fois
            for (methode, cle), fois in self.appels.items()
            if methode == "POST" and self._guichets[cle].endswith(guichet)
        )


class Appel(Requete):
    """One call of the portal."""

    def do_GET(self) -> None:  # noqa: N802 - the name of http.server
        destinataire = self.recepteur
        assert isinstance(destinataire, Destinataire)
        destinataire.appels["GET", self.path.rsplit("/", 1)[-1]] += 1
        super().do_GET()


class RegistreNaif(Registre):
    """A system that ignores keys: each POST is a new case, and it finds none by its key."""

    def ranger(self, *, cle: str, empreinte: str, numero: str) -> tuple[Cas, bool]:
        return super().ranger(cle=f"{cle}#{len(self.tous())}", empreinte=empreinte, numero=numero)
