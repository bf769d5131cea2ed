"""How the reference receiver acknowledges: a signed call to the address that the message gives."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime

from standardwebhooks import Webhook

from dossiers.acheminement.recepteur.registre import Cas

#: Seconds before each new attempt, when the portal does not answer or is broken.
REPRISES = (1, 2, 5, 15, 30)
DELAI = 10


def corps(cas: Cas) -> str:
    """The same text every time it is said again."""
    return json.dumps(
        {
            "cle": cas.cle,
            "empreinte": cas.empreinte,
            "recu_le": cas.recu_le,
            "reference": cas.reference,
        }
    )


def envoyer(adresse: str, message: str, texte: str, secret: str) -> tuple[int, str]:
    """The status and the body of the portal's answer. Raises OSError when none came."""
    maintenant = datetime.now(UTC)
    requete = urllib.request.Request(  # noqa: S310 - the address is in a message we verified
        adresse,
        data=texte.encode(),
        headers={
            "Content-Type": "application/json",
            "webhook-id": message,
            "webhook-timestamp": str(int(maintenant.timestamp())),
            "webhook-signature": Webhook(secret).sign(message, maintenant, texte),
        },
    )
    try:
        with urllib.request.urlopen(requete, timeout=DELAI) as reponse:  # noqa: S310
            return reponse.status, reponse.read().decode()
    except urllib.error.HTTPError as refus:
        with refus:
            return refus.code, refus.read().decode()


def insister(
    adresse: str, message: str, texte: str, secret: str, dire: Callable[[str], None]
) -> int | None:
    """Say it until the portal has answered something final: its status, None if it never did.

    Each attempt is the same message: the portal deduplicates on its identifier.
    """
    for attente in (*REPRISES, None):
        try:
            statut, reponse = envoyer(adresse, message, texte, secret)
        except OSError as erreur:
            dire(f"→ accusé {message} : pas de réponse ({erreur})")
        else:
            dire(f"→ accusé {message} : {statut} {reponse.strip()}")
            if statut < 500:
                return statut
        if attente is not None:
            time.sleep(attente)
    return None
