"""A tree of criteria read as far as it can be: what reads, and what is wrong where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aides.criteres.arbre import AuMoins, Critere, Non, Source, Tous, Un
from aides.criteres.echange import EchangeInvalide, lire, lire_source
from aides.criteres.noeuds import Defaut, joindre
from aides.edition.arbre import NEGATION, Noeud, est_groupe


@dataclass(frozen=True, slots=True)
class Lu:
    """A node as it is written; `critere` is None while it, or one below, cannot be read."""

    chemin: str
    noeud: Noeud
    critere: Critere | None
    defauts: tuple[Defaut, ...]
    enfants: tuple[Lu, ...] = ()

    def parcourir(self) -> Iterator[Lu]:
        """This node and those below, in reading order."""
        yield self
        for enfant in self.enfants:
            yield from enfant.parcourir()

    def lisibles(self) -> Iterator[tuple[str, Critere]]:
        """The largest parts that read, each with its path."""
        if self.critere is not None:
            yield self.chemin, self.critere
            return
        for enfant in self.enfants:
            yield from enfant.lisibles()


def lire_brouillon(noeud: Noeud, chemin: str, sources: Mapping[str, Source]) -> Lu:
    """Read a well-formed tree (`edition.arbre`), finished or not; never raises."""
    if noeud.get("type") == NEGATION:
        interieur = lire_brouillon(noeud["critere"], joindre(chemin, "critere"), sources)
        lu = interieur.critere
        return Lu(chemin, noeud, None if lu is None else Non(lu), (), (interieur,))
    if est_groupe(noeud):
        return _groupe(noeud, chemin, sources)
    if not noeud.get("source"):
        manque = Defaut(joindre(chemin, "source"), "clé manquante")
        complete = {**noeud, "source": {"libelle": "à citer"}}
        return Lu(chemin, noeud, None, (manque, *_feuille(complete, chemin, sources)[1]))
    critere, defauts = _feuille(noeud, chemin, sources)
    return Lu(chemin, noeud, critere, defauts)


def _feuille(
    noeud: Noeud, chemin: str, sources: Mapping[str, Source]
) -> tuple[Critere | None, tuple[Defaut, ...]]:
    try:
        return lire(noeud, sources, chemin=chemin), ()
    except EchangeInvalide as invalide:
        return None, tuple(invalide.defauts)


def _groupe(noeud: Noeud, chemin: str, sources: Mapping[str, Source]) -> Lu:
    bruts = noeud["criteres"]
    dessous = tuple(
        lire_brouillon(brut, joindre(chemin, f"criteres/{rang}"), sources)
        for rang, brut in enumerate(bruts)
    )
    if not dessous:
        vide = Defaut(chemin, "ce groupe est vide : ajoutez-y un critère, ou retirez-le")
        return Lu(chemin, noeud, None, (vide,))
    if noeud["type"] == "au_moins" and not _est_de(noeud.get("nombre"), len(bruts)):
        attendu = Defaut(joindre(chemin, "nombre"), f"un nombre de 1 à {len(bruts)} est attendu")
        return Lu(chemin, noeud, None, (attendu,), dessous)
    criteres = tuple(lu.critere for lu in dessous if lu.critere is not None)
    if len(criteres) < len(dessous):
        return Lu(chemin, noeud, None, (), dessous)
    return Lu(chemin, noeud, _assembler(noeud, criteres), (), dessous)


def _est_de(nombre: object, maximum: int) -> bool:
    """Whether it is a number of criteria, from 1 to `maximum`."""
    return isinstance(nombre, int) and not isinstance(nombre, bool) and 1 <= nombre <= maximum


def _assembler(noeud: Noeud, criteres: tuple[Critere, ...]) -> Critere:
    match noeud["type"]:
        case "tous":
            return Tous(criteres)
        case "un":
            return Un(criteres)
        case _:
            return AuMoins(noeud["nombre"], criteres)


def forme(noeud: Noeud, nombre: int) -> Tous | Un | AuMoins:
    """A group of `nombre` criteria, without them: its words depend on how many they are."""
    places = (Tous(()),) * nombre
    match noeud["type"]:
        case "tous":
            return Tous(places)
        case "un":
            return Un(places)
        case _:
            voulu = noeud.get("nombre")
            return AuMoins(voulu if isinstance(voulu, int) else 0, places)


def sources_lisibles(document: Mapping[str, Any]) -> dict[str, Source]:
    """The sources of an aide that can be read, by key."""
    sources: dict[str, Source] = {}
    for cle, brut in document.get("sources", {}).items():
        try:
            sources[cle] = lire_source(brut)
        except EchangeInvalide:  # said with the fields of the aide
            continue
    return sources
