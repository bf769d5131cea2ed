"""One text for one JSON value, so that two people who hash it find the same."""

import hashlib
import json
from typing import Any


def canonique(valeur: Any) -> bytes:
    """UTF-8, keys sorted, no space: what a hash is taken of."""
    texte = json.dumps(valeur, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return texte.encode()


def empreinte(valeur: Any) -> str:
    """SHA-256 of `canonique`, hexadecimal."""
    return hashlib.sha256(canonique(valeur)).hexdigest()
