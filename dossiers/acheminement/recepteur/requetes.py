"""One request to the reference receiver: reads it, answers it, well or badly."""

from __future__ import annotations

import json
import socket
import struct
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, cast

from dossiers.acheminement.recepteur.pannes import Panne

if TYPE_CHECKING:
    from dossiers.acheminement.recepteur.registre import Cas
    from dossiers.acheminement.recepteur.serveur import Recepteur

OCTETS_MAXIMUM = 4 * 1024 * 1024
MEGAOCTET = 1024 * 1024


class Requete(BaseHTTPRequestHandler):
    """POST receives, GET says what is there under a key."""

    protocol_version = "HTTP/1.1"
    server_version = "recepteur-de-reference/1"
    timeout = 30

    @property
    def recepteur(self) -> Recepteur:
        return cast("Recepteur", self.server)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """What matters is said in `_dire`."""

    def _dire(self, ligne: str) -> None:
        self.recepteur.reglages.dire(ligne)

    def do_GET(self) -> None:
        cle = self.path.rsplit("/", 1)[-1]
        try:
            self.recepteur.verifier(b"", dict(self.headers.items()))
        except Exception as refus:
            self._refuser(refus)
            return
        cas = self.recepteur.registre.trouver(cle)
        self._dire(f"← GET {self.path} : {'rangée' if cas else 'inconnue'}")
        if cas is None:
            self._repondre(404, {"erreur": "clé inconnue"})
        else:
            self._repondre(200, _etat(cas) | {"empreinte": cas.empreinte})

    def do_POST(self) -> None:
        longueur = self.headers.get("Content-Length", "")
        if not longueur.isdecimal() or int(longueur) > OCTETS_MAXIMUM:
            self.close_connection = True
            self._repondre(413, {"erreur": "longueur absente, ou trop grande"})
            return
        corps = self.rfile.read(int(longueur))
        try:
            self.recepteur.verifier(corps, dict(self.headers.items()))
            message = self.recepteur.lire(corps)
            if message["type"] == "demande.remise":
                self._recevoir(message)
            else:
                self._dire(f"← POST {message['type']} : signature bonne\n→ 200")
                self._repondre(200, {"recu": True})
        except ConnectionError:
            self.close_connection = True  # the portal stopped waiting
        except Exception as refus:
            self._refuser(refus)

    def _recevoir(self, message: dict[str, Any]) -> None:
        data, recepteur = message["data"], self.recepteur
        demande, aide = data["contenu"]["demande"], data["contenu"]["aide"]
        self._dire(
            f"← POST {message['type']} : {demande['numero']} « {aide['titre']} »\n"
            f"  clé {data['cle']}, signature et empreinte bonnes, "
            f"{len(data['suivi']['liens'])} pièce(s)"
        )
        if panne := recepteur.panne(data["cle"], "500", "400", "redirection"):
            self._avant_de_ranger(panne)
            return
        cas, nouveau = recepteur.ranger(message)
        self._dire(
            f"  {'rangée' if nouveau else 'déjà rangée'} sous {cas.reference} "
            f"(envoi n° {cas.envois})"
        )
        # Each time: it is the same message, and the first may not have reached the portal.
        recepteur.accuser(data["suivi"]["accuses"], cas)
        if panne := recepteur.panne(
            data["cle"], "muet", "coupure", "enorme", "goutte", "goutte-entetes"
        ):
            self._mal_repondre(panne, cas)
            return
        preuve = {"empreinte": cas.empreinte} if recepteur.reglages.accuse == "reponse" else {}
        self._dire(f"→ {201 if nouveau else 200}")
        self._repondre(201 if nouveau else 200, _etat(cas) | preuve)

    def _avant_de_ranger(self, panne: Panne) -> None:
        self._dire(f"→ panne voulue : {panne.nom}")
        if panne.nom == "redirection":
            self._repondre(307, {}, {"Location": f"{self.recepteur.adresse}/ailleurs"})
        else:
            self._repondre(int(panne.nom), {"erreur": "panne voulue"})

    def _mal_repondre(self, panne: Panne, cas: Cas) -> None:
        self._dire(f"→ panne voulue : {panne.nom}")
        self.close_connection = True
        corps = json.dumps(_etat(cas)).encode()
        tete = f"HTTP/1.1 200 OK\r\nContent-Length: {len(corps)}\r\n\r\n".encode()
        match panne.nom:
            case "muet":
                self.recepteur.arrete.wait(3600)
            case "coupure":
                self.wfile.write(tete + corps[:10])
                tout_de_suite = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, tout_de_suite)
            case "enorme":
                octets = panne.nombre * MEGAOCTET
                self.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {octets}\r\n\r\n".encode())
                for _ in range(panne.nombre):
                    self.wfile.write(b"x" * MEGAOCTET)
            case "goutte":
                self.wfile.write(tete)
                self._goutte_a_goutte(corps)
            case _:
                self._goutte_a_goutte(tete + corps)

    def _goutte_a_goutte(self, octets: bytes) -> None:
        for octet in octets:
            self.wfile.write(bytes([octet]))
            if self.recepteur.arrete.wait(1):
                return

    def _refuser(self, refus: Exception) -> None:
        statut = getattr(refus, "statut", 500)
        self._dire(f"← {self.command} {self.path}\n→ {statut} {refus}")
        self._repondre(statut, {"erreur": str(refus)})

    def _repondre(
        self, statut: int, objet: dict[str, Any], entetes: dict[str, str] | None = None
    ) -> None:
        corps = json.dumps(objet, ensure_ascii=False).encode()
        self.send_response(statut)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(corps)))
        for nom, valeur in (entetes or {}).items():
            self.send_header(nom, valeur)
        self.end_headers()
        self.wfile.write(corps)


def _etat(cas: Cas) -> dict[str, Any]:
    return {"cle": cas.cle, "reference": cas.reference, "recu_le": cas.recu_le}
