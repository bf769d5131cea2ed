"""What can be said of a receipt by who has the database: more than its signature alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dossiers.models import Document
from dossiers.recus.format import (
    Attestation,
    ClePublique,
    Cles,
    RecuInvalide,
    cles_de,
    verifier,
)
from dossiers.recus.lecture import est_pdf, jws_de
from dossiers.recus.models import CleSignature, Recu
from portal.socle.verification import ancres

#: Receipts confronted with the journal in one query.
LOT = 500


@dataclass(frozen=True, slots=True)
class Controle:
    """A receipt whose signature is good."""

    attestation: Attestation
    cle: ClePublique
    #: Whether this very receipt is in the register: a stolen key could sign others.
    au_registre: bool
    #: Whether the PDF that carries it is, byte for byte, one that was issued; None without PDF.
    pdf_emis: bool | None


def jeu_de_cles() -> dict[str, list[dict[str, Any]]]:
    """Every public key that ever signed, as it is published (RFC 7517)."""
    return {"keys": [cle.jwk() for cle in CleSignature.objects.order_by("pk")]}


def cles_du_portail() -> Cles:
    return cles_de(jeu_de_cles()["keys"])


def controler(octets: bytes) -> Controle:
    """Verify the receipt of a file or of a text. Raises RecuIllisible, RecuInvalide."""
    jws = jws_de(octets)
    attestation, cle = verifier(jws, cles_du_portail())
    dossier_id = int(attestation.dossier.rpartition("-")[2])
    recus = Recu.objects.filter(
        version__dossier_id=dossier_id, version__numero=attestation.version, jws=jws
    )
    return Controle(
        attestation=attestation,
        cle=cle,
        au_registre=recus.exists(),
        pdf_emis=_emis(octets, dossier_id) if est_pdf(octets) else None,
    )


def _emis(octets: bytes, dossier_id: int) -> bool:
    empreinte = hashlib.sha256(octets).hexdigest()
    return Document.objects.filter(demande__dossier_id=dossier_id, empreinte=empreinte).exists()


class Registre:
    """The receipts of the register, each confronted with the journal; `lus` is how many."""

    def __init__(self) -> None:
        self.lus = 0

    def fautes(self, dossier_id: int | None = None) -> Iterator[str]:
        """What is wrong, in French: a receipt that does not verify, a line that it names gone."""
        recus = Recu.objects.select_related("version__dossier").order_by("pk")
        if dossier_id is not None:
            recus = recus.filter(version__dossier_id=dossier_id)
        flux, cles = recus.iterator(chunk_size=LOT), cles_du_portail()
        while lot := list(islice(flux, LOT)):
            self.lus += len(lot)
            nommees = []
            for recu in lot:
                try:
                    nommees.append(verifier(recu.jws, cles)[0].journal)
                except RecuInvalide as invalide:
                    yield f"{recu.nom_de_fichier}, au registre, n’est plus valable. {invalide}"
            yield from map(str, ancres(nommees))
