"""Hierarchical codes: NAF rév. 2 and legal forms, at any level."""

from __future__ import annotations

from collections.abc import Iterable

#: NAF rév. 2: section letter -> its divisions, first and last (décret 2007-1888).
SECTIONS_NAF: dict[str, tuple[int, int]] = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43),
    "G": (45, 47), "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68),
    "M": (69, 75), "N": (77, 82), "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93),
    "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip


def section_naf(code: str) -> str:
    """The section letter of a NAF code ("25.11Z" -> "C"); empty when its division is unknown."""
    division = int(code[:2])
    for lettre, (premiere, derniere) in SECTIONS_NAF.items():
        if premiere <= division <= derniere:
            return lettre
    return ""


def sous(code: str, niveaux: Iterable[str]) -> bool:
    """Whether `code` lies under one of `niveaux`, a section letter or a prefix."""
    return any(
        section_naf(code) == niveau if niveau.isalpha() else code.startswith(niveau)
        for niveau in niveaux
    )
