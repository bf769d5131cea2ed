"""One HTTP call to the system of a desk, bounded in time, in size and in where it goes.

The name is resolved once, every address it leads to is checked (see `adresses`), and the
connection is made to an address that was checked: a name that leads elsewhere a moment later
(DNS rebinding) changes nothing. Redirects are answers like others, proxies and compressed
answers are ignored.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from dossiers.acheminement.webhook.adresses import Cible, exiger_permises

#: Seconds for a whole call: name, connection, request, headers and body.
DELAI = 10.0
#: What is read of an answer; what follows is left.
OCTETS_LUS = 64 * 1024

#: (host, port) -> addresses. Raises OSError.
Resolveur = Callable[[str, int], Sequence[str]]


class EchangeEchoue(Exception):
    """No usable answer came; the message is French and says what happened.

    The request may have reached the other side all the same.
    """


@dataclass(frozen=True, slots=True)
class Reponse:
    """What came back. `corps` is cut at OCTETS_LUS: `tronque` says so."""

    statut: int
    corps: bytes
    tronque: bool
    reessayer_apres: str


def resoudre(hote: str, port: int) -> list[str]:
    """Every address that the machine's resolver knows for a name. Raises OSError."""
    trouvees = socket.getaddrinfo(hote, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(trouvee[4][0]) for trouvee in trouvees))


def appeler(
    methode: str,
    cible: Cible,
    *,
    entetes: Mapping[str, str],
    boucle_locale: bool,
    corps: bytes | None = None,
    delai: float = DELAI,
    resolveur: Resolveur = resoudre,
) -> Reponse:
    """Call and read the answer, whatever its status, in at most `delai` seconds.

    Raises AdresseRefusee when it may not be called, EchangeEchoue when no answer came whole.
    """
    fin = time.monotonic() + delai
    trop_long = EchangeEchoue(f"{cible.hote} n’a pas répondu en entier en {delai:g} secondes.")
    ips = _resoudre_avant(cible, resolveur, fin, trop_long)
    exiger_permises(cible, ips, boucle_locale=boucle_locale)
    brut = _connecter(cible, ips, fin)
    connexion = _connexion(cible, brut)
    demandes = {**entetes, "Accept-Encoding": "identity", "Connection": "close"}
    with _couper_a(fin, brut) as coupee:
        try:
            connexion.request(methode, cible.chemin, corps, demandes, preload_content=False)
            reponse = _lire(connexion.getresponse())
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as erreur:
            if coupee.is_set():
                raise trop_long from erreur
            raise EchangeEchoue(_raison(cible, erreur)) from erreur
        finally:
            connexion.close()
            brut.close()
        if coupee.is_set():
            raise trop_long
    return reponse


def _resoudre_avant(
    cible: Cible, resolveur: Resolveur, fin: float, trop_long: EchangeEchoue
) -> Sequence[str]:
    """The addresses of the target. The system's resolver has no deadline: it has a thread."""
    trouvees: list[Sequence[str]] = []
    erreurs: list[Exception] = []

    def chercher() -> None:
        try:
            trouvees.append(resolveur(cible.hote, cible.port))
        except (OSError, UnicodeError) as erreur:
            erreurs.append(erreur)

    fil = threading.Thread(target=chercher, daemon=True)
    fil.start()
    fil.join(max(0.0, fin - time.monotonic()))
    if trouvees and trouvees[0]:
        return trouvees[0]
    if fil.is_alive():
        raise trop_long
    raise EchangeEchoue(
        f"Aucune machine ne porte le nom {cible.hote} : vérifiez l’adresse, ou le DNS."
    ) from (erreurs[0] if erreurs else None)


def _connecter(cible: Cible, ips: Sequence[str], fin: float) -> socket.socket:
    """A connection to the first address that answers, of those that were checked."""
    derniere: OSError | None = None
    for rang, ip in enumerate(ips):
        reste = (fin - time.monotonic()) / (len(ips) - rang)
        if reste <= 0:
            break
        try:
            brut = socket.create_connection((ip, cible.port), timeout=reste)
        except OSError as erreur:
            derniere = erreur
        else:
            # Between two bytes; the whole is bounded by `_couper_a`.
            brut.settimeout(max(0.001, fin - time.monotonic()))
            return brut
    raise EchangeEchoue(
        f"Rien ne répond à {cible.hote}, port {cible.port} : le système du guichet est arrêté, ou "
        "un pare-feu le ferme."
    ) from derniere


def _connexion(cible: Cible, brut: socket.socket) -> HTTPConnection:
    """A connection of urllib3 that speaks through this socket: it resolves nothing itself, and
    names the host (Host, SNI, certificate) as the address does.
    """
    base = HTTPSConnection if cible.tls else HTTPConnection

    class Verifiee(base):  # type: ignore[valid-type, misc]
        def _new_conn(self) -> socket.socket:
            return brut

    hote = f"[{cible.hote}]" if ":" in cible.hote else cible.hote
    connexion: HTTPConnection = Verifiee(hote, cible.port, timeout=brut.gettimeout())
    return connexion


@contextmanager
def _couper_a(fin: float, brut: socket.socket) -> Iterator[threading.Event]:
    """End the connection at `fin`, whatever is waited for: a peer that sends one byte at a time
    would outlast any timeout between two bytes. The event tells that it was done.
    """
    coupee = threading.Event()
    # The handle of the socket moves into the TLS one: a copy shuts the same connection.
    copie = brut.dup()

    def couper() -> None:
        coupee.set()
        try:
            copie.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # closed by the other side meanwhile

    minuteur = threading.Timer(max(0.0, fin - time.monotonic()), couper)
    minuteur.daemon = True
    minuteur.start()
    try:
        yield coupee
    finally:
        minuteur.cancel()
        minuteur.join()
        copie.close()


def _lire(reponse: BaseHTTPResponse) -> Reponse:
    lus = bytearray()
    while len(lus) <= OCTETS_LUS and (
        morceau := reponse.read(OCTETS_LUS + 1 - len(lus), decode_content=False)
    ):
        lus += morceau
    return Reponse(
        statut=reponse.status,
        corps=bytes(lus[:OCTETS_LUS]),
        tronque=len(lus) > OCTETS_LUS,
        reessayer_apres=reponse.headers.get("Retry-After", ""),
    )


def _raison(cible: Cible, erreur: Exception) -> str:
    cause: BaseException | None = erreur
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"Le certificat de {cible.hote} n’est pas valable ({cause.verify_message}) : il "
                "doit être renouvelé, ou son certificat intermédiaire installé."
            )
        if isinstance(cause, ssl.SSLError):
            return f"La connexion chiffrée avec {cible.hote} n’a pas pu s’établir."
        cause = cause.__cause__ or cause.__context__
    return f"{cible.hote} a coupé la connexion avant la fin de sa réponse."
