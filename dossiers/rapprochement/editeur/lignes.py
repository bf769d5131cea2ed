"""A tree as the page draws it: one line per condition, its negation with it, nested groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aides.criteres.arbre import Source
from aides.edition.examen import NoeudExamine, Remarque

A_TERMINER = "Condition à terminer"


@dataclass(frozen=True, slots=True)
class Ligne:
    """A condition, or a group and what is in it, worded as a company will read it.

    `chemin` is that of the negation when it is denied: the two are one line. `genre` and
    `nombre` say how many of a group must hold. `imbriquee`: within a group that is not the
    whole tree. `rang` is its number among its siblings, from 1.
    """

    chemin: str
    texte: str
    nie: bool
    groupe: bool
    genre: str
    nombre: int
    source: Source | None
    remarques: tuple[Remarque, ...]
    enfants: tuple[Ligne, ...]
    liaison: str
    rang: int
    premiere: bool
    derniere: bool
    imbriquee: bool

    @property
    def ancre(self) -> str:
        return ancre(self.chemin)

    @property
    def modifiable(self) -> bool:
        """Whether it has a form: a group has buttons."""
        return not self.groupe

    @property
    def fautive(self) -> bool:
        """Whether something of its own forbids to publish."""
        return any(remarque.bloquante for remarque in self.remarques)

    @property
    def racine(self) -> bool:
        return self.rang == 0

    def groupes(self) -> Iterator[Ligne]:
        """The groups that can take a condition, this one included."""
        if self.groupe:
            yield self
        for enfant in self.enfants:
            yield from enfant.groupes()

    def fautes(self) -> Iterator[tuple[Ligne, Remarque]]:
        """Every remark with its line, in reading order."""
        for remarque in self.remarques:
            yield self, remarque
        for enfant in self.enfants:
            yield from enfant.fautes()


def ancre(chemin: str) -> str:
    """The anchor of a line."""
    return "n-" + chemin.replace("/", "-")


def ligne(noeud: NoeudExamine, *, rang: int = 0, freres: int = 1, profondeur: int = 0) -> Ligne:
    """The line of a node, and of what is below it."""
    lu, remarques = noeud, noeud.remarques
    while lu.est_negation:
        lu = lu.enfants[0]
        remarques += lu.remarques
    brut = lu.noeud.get("nombre")
    return Ligne(
        chemin=noeud.chemin,
        texte=lu.texte or A_TERMINER,
        nie=noeud.est_negation,
        groupe=lu.est_groupe,
        genre=str(lu.noeud.get("type", "")),
        nombre=brut if isinstance(brut, int) else 1,
        source=lu.source,
        remarques=remarques,
        enfants=tuple(
            ligne(enfant, rang=numero, freres=len(lu.enfants), profondeur=profondeur + 1)
            for numero, enfant in enumerate(lu.enfants, 1)
        ),
        liaison=lu.liaison,
        rang=rang,
        premiere=rang <= 1,
        derniere=rang == freres,
        imbriquee=profondeur > 1,
    )
