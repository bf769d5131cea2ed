"""One text for one JSON value, so that two people who hash it find the same."""

import hashlib
import json
from typing import Any


class EnClair(json.JSONEncoder):
    """Letters with accents as they are: an escaped one costs the driver a replacement."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False})


def canonique(valeur: Any) -> bytes:
    """UTF-8, keys sorted, no space: what a hash is taken of."""
    texte = json.dumps(valeur, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return texte.encode()


def empreinte(valeur: Any) -> str:
    """SHA-256 of `canonique`, hexadecimal."""
    return hashlib.sha256(canonique(valeur)).hexdigest()
