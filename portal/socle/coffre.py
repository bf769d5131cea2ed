"""Secrets that must be read again, at rest: encrypted with a key drawn from SECRET_KEY.

Without the settings of the server a copy of the database gives none of them.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SecretIllisible(Exception):
    """Encrypted with a key that the settings no longer hold."""


class Coffre:
    """One use of the secret of the portal: each has a key of its own."""

    def __init__(self, usage: str) -> None:
        self._usage = usage.encode()

    def chiffrer(self, secret: str) -> str:
        return self._cles().encrypt(secret.encode()).decode()

    def dechiffrer(self, chiffre: str) -> str:
        """Raises SecretIllisible."""
        try:
            return self._cles().decrypt(chiffre).decode()
        except InvalidToken as erreur:
            raise SecretIllisible from erreur

    def _cles(self) -> MultiFernet:
        """The first key encrypts; older ones (SECRET_KEY_FALLBACKS) still decrypt."""
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return MultiFernet([Fernet(self._derivee(str(secret))) for secret in secrets])

    def _derivee(self, secret: str) -> bytes:
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=self._usage)
        return base64.urlsafe_b64encode(derivation.derive(secret.encode()))
