"""From a file that somebody brings to the receipt in it: nothing here trusts the file.

A PDF of ours carries the receipt as an attachment. It is looked for among the streams of the
file, each unpacked up to what a receipt may weigh, rather than through all that a PDF can be:
the work is bounded whatever is sent, and a PDF saved again by a reader still gives its receipt.
"""

from __future__ import annotations

import errno
import re
import zlib
from collections.abc import Iterator

#: Bytes of a file: an acknowledgement weighs a hundred times less.
TAILLE_MAXIMUM = 5_000_000
#: Characters of a receipt: of a dossier that asks for a thousand aides.
RECU_MAXIMUM = 100_000
#: Streams that are looked at: an acknowledgement has some fifty.
FLUX_MAXIMUM = 2_000

#: Three parts in base64url; the last one is empty where nobody signed. A header is JSON.
FORME = re.compile(rb"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_FLUX = re.compile(rb"\bstream\r?\n")
_BLANCS = re.compile(rb"\s+")


_RAISONS = {
    errno.ENOENT: "il n’existe pas",
    errno.ENOTDIR: "il n’existe pas",
    errno.EISDIR: "c’est un répertoire",
    errno.EACCES: "vous n’en avez pas le droit",
}


class RecuIllisible(Exception):
    """There is no receipt to be read there; the message is French, for who brought it."""


def raison(erreur: OSError) -> str:
    """Why a file that a command was given cannot be read, in French."""
    return _RAISONS.get(erreur.errno or 0, f"le système répond « {erreur.strerror} »")


def est_pdf(octets: bytes) -> bool:
    return b"%PDF-" in octets[:1024]


def jws_de(octets: bytes) -> str:
    """The receipt of a file, JWS or PDF, or of a text that was pasted. Raises RecuIllisible."""
    if len(octets) > TAILLE_MAXIMUM:
        raise RecuIllisible(f"Ce fichier dépasse {TAILLE_MAXIMUM // 1_000_000} Mo.")
    if est_pdf(octets):
        return _du_pdf(octets)
    if len(octets) > RECU_MAXIMUM:
        raise RecuIllisible("C’est trop long pour un reçu.")
    # Mail programs and forms break long lines.
    texte = _BLANCS.sub(b"", octets.removeprefix(b"\xef\xbb\xbf"))
    if not texte:
        raise RecuIllisible("Il n’y a rien à vérifier : c’est vide.")
    if not FORME.fullmatch(texte):
        raise RecuIllisible(
            "Ce n’est pas un reçu. Donnez le fichier « recu-….jws », son texte, ou le PDF de "
            "l’accusé de réception tel que vous l’avez reçu."
        )
    return texte.decode("ascii")


def _du_pdf(octets: bytes) -> str:
    trouves = {flux for flux in _flux(octets) if FORME.fullmatch(flux)}
    if not trouves:
        raise RecuIllisible(
            "Ce PDF ne contient pas de reçu. Donnez l’accusé de réception tel que vous l’avez "
            "reçu : imprimé ou converti, il perd ses pièces jointes."
        )
    if len(trouves) > 1:
        raise RecuIllisible("Ce PDF contient plusieurs reçus : vérifiez-les un par un.")
    return trouves.pop().decode("ascii")


def _flux(octets: bytes) -> Iterator[bytes]:
    """The streams that may be a receipt, unpacked, blanks at their ends removed."""
    for rang, debut in enumerate(_FLUX.finditer(octets)):
        if rang == FLUX_MAXIMUM:
            return
        brut = octets[debut.end() : debut.end() + RECU_MAXIMUM]
        if brut.startswith(b"eyJ"):
            yield brut.split(b"endstream")[0].strip()
        elif brut[:1] == b"\x78" and _decompresser(brut, 3) == b"eyJ":
            yield _decompresser(brut, RECU_MAXIMUM).strip()


def _decompresser(brut: bytes, maximum: int) -> bytes:
    """At most `maximum` bytes of what was packed; empty when it is not packed that way."""
    try:
        return zlib.decompressobj().decompress(brut, maximum)
    except zlib.error:
        return b""
