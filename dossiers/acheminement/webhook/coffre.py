"""Secrets of the desks at rest: encrypted, with a key made of SECRET_KEY.

We must read them to sign, so that they cannot be hashed as passwords are; without the settings
of the server, a copy of the database gives none of them.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_USAGE = b"dossiers.acheminement.webhook"


class SecretIllisible(Exception):
    """A secret encrypted with a key that the settings no longer hold."""


def chiffrer(secret: str) -> str:
    return _coffre().encrypt(secret.encode()).decode()


def dechiffrer(chiffre: str) -> str:
    """Raises SecretIllisible."""
    try:
        return _coffre().decrypt(chiffre).decode()
    except InvalidToken as erreur:
        raise SecretIllisible from erreur


def _coffre() -> MultiFernet:
    """The first key encrypts; older ones (SECRET_KEY_FALLBACKS) still decrypt."""
    cles = [str(cle) for cle in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derivee(cle)) for cle in cles])


def _derivee(cle: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_USAGE)
    return base64.urlsafe_b64encode(derivation.derive(cle.encode()))
