"""Private keys at rest: encrypted with a key drawn from the secret of the portal."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CoffreFerme(Exception):
    """The secret that encrypted this key is no longer known (`SECRET_KEY_FALLBACKS`)."""


def chiffrer(privee: EllipticCurvePrivateKey) -> str:
    octets = privee.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return _coffre().encrypt(octets).decode()


def dechiffrer(chiffree: str) -> EllipticCurvePrivateKey:
    """Raises CoffreFerme."""
    try:
        octets = _coffre().decrypt(chiffree)
    except InvalidToken as inconnu:
        raise CoffreFerme(
            "La clé de signature ne se déchiffre avec aucun des secrets connus."
        ) from inconnu
    privee = serialization.load_der_private_key(octets, password=None)
    if not isinstance(privee, EllipticCurvePrivateKey):
        raise CoffreFerme("La clé de signature n’est pas sur une courbe elliptique.")
    return privee


def _coffre() -> MultiFernet:
    secrets = map(str, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return MultiFernet([Fernet(_derivee(secret)) for secret in secrets])


def _derivee(secret: str) -> bytes:
    """A key for this use alone: what leaks of it tells nothing of the secret's other uses."""
    derivation = HKDF(hashes.SHA256(), length=32, salt=None, info=b"portail.recus.cles")
    return base64.urlsafe_b64encode(derivation.derive(secret.encode()))
