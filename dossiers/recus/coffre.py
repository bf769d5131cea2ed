"""Private keys at rest: PEM, encrypted."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from portal.socle.coffre import Coffre
from portal.socle.coffre import SecretIllisible as SecretIllisible

_COFFRE = Coffre("dossiers.recus")


def chiffrer(privee: EllipticCurvePrivateKey) -> str:
    octets = privee.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return _COFFRE.chiffrer(octets.decode())


def dechiffrer(chiffree: str) -> EllipticCurvePrivateKey:
    """Raises SecretIllisible."""
    pem = _COFFRE.dechiffrer(chiffree).encode()
    privee = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(privee, EllipticCurvePrivateKey):
        raise SecretIllisible
    return privee
