"""One change between two documents, as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Genre(StrEnum):
    """What happened; the label is the word shown."""

    AJOUTE = "ajoute"
    RETIRE = "retire"
    MODIFIE = "modifie"
    DEPLACE = "deplace"

    @property
    def libelle(self) -> str:
        return _LIBELLES[self]


_LIBELLES = {
    Genre.AJOUTE: "Ajouté",
    Genre.RETIRE: "Retiré",
    Genre.MODIFIE: "Modifié",
    Genre.DEPLACE: "Déplacé",
}


@dataclass(frozen=True, slots=True)
class Changement:
    """What was said and what is said, in French; empty where there is nothing.

    `rubrique` is the part of the aide it belongs to. For a criterion that moved, `apres` says
    into which group. `source_avant` and `source_apres` are given when the source is what
    changed, or changed too. `chemin` is its place in the new document, in the old one when it
    is gone.
    """

    genre: Genre
    rubrique: str
    avant: str = ""
    apres: str = ""
    source_avant: str = ""
    source_apres: str = ""
    chemin: str = ""

    @classmethod
    def entre(
        cls,
        rubrique: str,
        avant: str,
        apres: str,
        *,
        chemin: str = "",
        sources: tuple[str, str] = ("", ""),
    ) -> Self:
        """From one text to another: an addition from nothing, a withdrawal to nothing."""
        genre = Genre.AJOUTE if not avant else Genre.RETIRE if not apres else Genre.MODIFIE
        dites = sources if genre is Genre.MODIFIE else ("", "")
        return cls(genre, rubrique, avant, apres, *dites, chemin=chemin)
