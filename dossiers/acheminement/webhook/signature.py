"""Signatures of the Standard Webhooks convention, with secrets that rotate.

Several secrets live at once while they rotate: what we send is signed with each, what we receive
is good with any.
"""

from __future__ import annotations

import base64
import secrets as hasard
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook, WebhookVerificationError

PREFIXE = "whsec_"
#: What the convention asks of a secret: 24 to 64 bytes.
OCTETS = 32

_MOTIFS = {
    "Message timestamp too old": (
        "perimee",
        (
            "Message trop ancien : l’heure qu’il porte (webhook-timestamp) a plus de cinq minutes. "
            "Signez-le au moment de l’envoyer."
        ),
    ),
    "Message timestamp too new": (
        "perimee",
        (
            "Message daté du futur : l’heure qu’il porte (webhook-timestamp) a plus de cinq "
            "minutes d’avance. Mettez l’horloge de votre serveur à l’heure."
        ),
    ),
    "Missing required headers": (
        "absente",
        "Les en-têtes webhook-id, webhook-timestamp et webhook-signature sont attendus.",
    ),
}
_FAUSSE = (
    "fausse",
    (
        "La signature ne correspond pas à ce message : vérifiez le secret, et que le corps est "
        "signé tel qu’il est envoyé, octet pour octet."
    ),
)


class SignatureRefusee(Exception):
    """A message that nobody we know signed, or not just now; the message is French.

    `code`: "absente", "perimee" or "fausse".
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def nouveau_secret() -> str:
    """A secret as both sides write it down: "whsec_" and base64."""
    return PREFIXE + base64.b64encode(hasard.token_bytes(OCTETS)).decode()


def signer(identifiant: str, corps: str, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of a message sent now, signed with every secret, newest first."""
    maintenant = datetime.now(UTC)
    return {
        "webhook-id": identifiant,
        "webhook-timestamp": str(int(maintenant.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(identifiant, maintenant, corps) for secret in secrets
        ),
    }


def verifier(corps: bytes, entetes: Mapping[str, str], secrets: Sequence[str]) -> str:
    """The identifier of a message signed with one of the secrets less than five minutes ago.

    Raises SignatureRefusee.
    """
    motif = _FAUSSE
    for secret in secrets:
        try:
            Webhook(secret).verify(corps, dict(entetes), json_parse=False)
        except WebhookVerificationError as refus:
            motif = _MOTIFS.get(str(refus), _FAUSSE)
        except ValueError:  # a header, or a body, that is not even well formed
            motif = _FAUSSE
        else:
            return {nom.lower(): valeur for nom, valeur in entetes.items()}["webhook-id"]
    raise SignatureRefusee(*motif)
