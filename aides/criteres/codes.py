"""Hierarchical codes: NAF (rév. 2, 2025) and legal forms, at any level; notations of places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: NAF rév. 2: section letter -> its divisions, first and last (décret 2007-1888).
SECTIONS_NAF: dict[str, tuple[int, int]] = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43),
    "G": (45, 47), "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68),
    "M": (69, 75), "N": (77, 82), "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93),
    "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip

#: NAF 2025: the same, from its European frame, NACE Rev. 2.1 (Regulation (EU) 2023/137).
SECTIONS_NAF_2025: dict[str, tuple[int, int]] = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43),
    "G": (46, 47), "H": (49, 53), "I": (55, 56), "J": (58, 60), "K": (61, 63), "L": (64, 66),
    "M": (68, 68), "N": (69, 75), "O": (77, 82), "P": (84, 84), "Q": (85, 85), "R": (86, 88),
    "S": (90, 93), "T": (94, 96), "U": (97, 98), "V": (99, 99),
}  # fmt: skip
Sections = Mapping[str, tuple[int, int]]
#: The sections of the codes of a fact; legal forms have none.
SECTIONS: Mapping[str, Sections] = {"naf": SECTIONS_NAF, "naf_2025": SECTIONS_NAF_2025}
SANS_SECTION: Sections = {}

_NIVEAU_NAF = re.compile(r"[A-V]|[0-9]{2}(\.[0-9]([0-9][A-Z]?)?)?")
_NIVEAU_FORME = re.compile(r"[1-9][0-9]{0,3}")
#: One code of the national notation of périmètres.
TERRITOIRE = re.compile(
    r"REG-[0-9]{2}|DEP-(?:[0-9]{2,3}|2[AB])|EPCI-[0-9]{9}|COM-[0-9][0-9AB][0-9]{3}|PAYS-[0-9]{5}"
)
#: The code of an aide, and one of its grants: "code@AAAA-MM-JJ".
CODE_AIDE = re.compile("[a-z0-9]+(?:[-_][a-z0-9]+)*")
#: The code of a zone, as in `ZONE-<code>` among the codes of a place.
ZONE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,39}")


def section_naf(code: str, sections: Sections = SECTIONS_NAF) -> str:
    """The section letter of a NAF code ("25.11Z" -> "C"); empty when its division is unknown."""
    division = int(code[:2])
    for lettre, (premiere, derniere) in sections.items():
        if premiere <= division <= derniere:
            return lettre
    return ""


def est_niveau_naf(code: str, sections: Sections = SECTIONS_NAF) -> bool:
    """Whether `code` is written as a level of NAF, in a division that exists."""
    if not _NIVEAU_NAF.fullmatch(code):
        return False
    return code in sections if code.isalpha() else section_naf(code, sections) != ""


def est_niveau_forme(code: str) -> bool:
    """Whether `code` is written as a level of the legal forms: one to four digits."""
    return _NIVEAU_FORME.fullmatch(code) is not None


def sous(code: str, niveaux: Iterable[str], sections: Sections = SECTIONS_NAF) -> bool:
    """Whether `code` lies under one of `niveaux`, a section letter or a prefix."""
    return any(
        section_naf(code, sections) == niveau if niveau.isalpha() else code.startswith(niveau)
        for niveau in niveaux
    )
