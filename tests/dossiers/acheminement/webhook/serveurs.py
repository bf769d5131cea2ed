"""Real servers on this machine that answer as they are told, well or badly."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Writes an answer on the connection it is given, after the request was read.
Repondre = Callable[[socket.socket], None]


class Serveur:
    """Where it listens, and every request it read, raw."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requetes: list[bytes] = []


@contextmanager
def servir(
    repondre: Repondre, *, hote: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Serveur]:
    """Answer each connection by `repondre`, until the end of the block."""
    famille = socket.AF_INET6 if ":" in hote else socket.AF_INET
    with socket.create_server((hote, 0), family=famille) as ecoute:
        serveur = Serveur(ecoute.getsockname()[1])
        fil = threading.Thread(target=_boucle, args=(ecoute, repondre, tls, serveur), daemon=True)
        fil.start()
        yield serveur
        ecoute.shutdown(socket.SHUT_RDWR)
        fil.join(5)


def _boucle(
    ecoute: socket.socket, repondre: Repondre, tls: ssl.SSLContext | None, serveur: Serveur
) -> None:
    while True:
        try:
            connexion, _ = ecoute.accept()
        except OSError:
            return
        try:
            if tls is not None:
                connexion = tls.wrap_socket(connexion, server_side=True)
            serveur.requetes.append(_requete(connexion))
            repondre(connexion)
        except OSError:
            pass  # the client left: that is often what is tested
        finally:
            connexion.close()


def _requete(connexion: socket.socket) -> bytes:
    lue = b""
    while b"\r\n\r\n" not in lue:
        if not (morceau := connexion.recv(65536)):
            return lue
        lue += morceau
    tete, _, corps = lue.partition(b"\r\n\r\n")
    longueur = 0
    for ligne in tete.lower().split(b"\r\n"):
        if ligne.startswith(b"content-length:"):
            longueur = int(ligne.split(b":")[1])
    while len(corps) < longueur:
        corps += connexion.recv(65536)
    return tete + b"\r\n\r\n" + corps


def reponse(statut: str = "200 OK", corps: bytes = b"", entetes: str = "") -> Repondre:
    """A well-formed answer."""
    tete = f"HTTP/1.1 {statut}\r\nContent-Length: {len(corps)}\r\n{entetes}\r\n".encode()
    return lambda connexion: connexion.sendall(tete + corps)


def goutte_a_goutte(debut: bytes, suite: bytes, pause: float = 0.05) -> Repondre:
    """`debut` at once, then one byte at a time."""

    def repondre(connexion: socket.socket) -> None:
        connexion.sendall(debut)
        for octet in suite:
            time.sleep(pause)
            connexion.sendall(bytes([octet]))

    return repondre


def couper(debut: bytes) -> Repondre:
    """The beginning of an answer, then a reset."""

    def repondre(connexion: socket.socket) -> None:
        connexion.sendall(debut)
        connexion.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return repondre


def port_ferme() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as ecoute:
        return int(ecoute.getsockname()[1])
