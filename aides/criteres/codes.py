"""Hierarchical codes: NAF rév. 2 and legal forms, at any level; notations of places."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: NAF rév. 2: section letter -> its divisions, first and last (décret 2007-1888).
SECTIONS_NAF: dict[str, tuple[int, int]] = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43),
    "G": (45, 47), "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68),
    "M": (69, 75), "N": (77, 82), "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93),
    "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip

_NIVEAU_NAF = re.compile(r"[A-U]|[0-9]{2}(\.[0-9]([0-9][A-Z]?)?)?")
_NIVEAU_FORME = re.compile(r"[1-9][0-9]{0,3}")
#: One code of the national notation of périmètres.
TERRITOIRE = re.compile(
    r"REG-[0-9]{2}|DEP-(?:[0-9]{2,3}|2[AB])|EPCI-[0-9]{9}|COM-[0-9][0-9AB][0-9]{3}|PAYS-[0-9]{5}"
)
#: The code of a zone, as in `ZONE-<code>` among the codes of a place.
ZONE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,39}")


def section_naf(code: str) -> str:
    """The section letter of a NAF code ("25.11Z" -> "C"); empty when its division is unknown."""
    division = int(code[:2])
    for lettre, (premiere, derniere) in SECTIONS_NAF.items():
        if premiere <= division <= derniere:
            return lettre
    return ""


def est_niveau_naf(code: str) -> bool:
    """Whether `code` is written as a level of NAF, in a division that exists."""
    if not _NIVEAU_NAF.fullmatch(code):
        return False
    return code in SECTIONS_NAF if code.isalpha() else section_naf(code) != ""


def est_niveau_forme(code: str) -> bool:
    """Whether `code` is written as a level of the legal forms: one to four digits."""
    return _NIVEAU_FORME.fullmatch(code) is not None


def sous(code: str, niveaux: Iterable[str]) -> bool:
    """Whether `code` lies under one of `niveaux`, a section letter or a prefix."""
    return any(
        section_naf(code) == niveau if niveau.isalpha() else code.startswith(niveau)
        for niveau in niveaux
    )
