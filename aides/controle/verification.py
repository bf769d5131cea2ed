"""Every finding about the aides of a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from aides.controle.coherence import constats_de_coherence, constats_de_forme
from aides.controle.constats import Constat
from aides.controle.contexte import Contexte, Fiche
from aides.controle.dates import constats_de_date
from aides.controle.guichets import constats_de_guichet
from aides.controle.sources import constats_de_source


def controler(
    documents: Sequence[Mapping[str, Any]],
    contexte: Contexte,
    annoncer: Callable[[int, int], object] = lambda fait, total: None,
) -> list[Constat]:
    """The findings about these exchange documents, in their order.

    `annoncer` is called after each with the number of aides done and their total.
    """
    constats: list[Constat] = []
    for rang, document in enumerate(documents, 1):
        constats += controler_aide(document, contexte)
        annoncer(rang, len(documents))
    return constats


def controler_aide(document: Mapping[str, Any], contexte: Contexte) -> Iterator[Constat]:
    """The findings about one aide; those about its form alone if it has any: the
    rest is looked at once it reads."""
    de_forme = list(constats_de_forme(document, contexte))
    if de_forme:
        yield from de_forme
        return
    fiche = Fiche(document)
    yield from constats_de_source(fiche, contexte)
    yield from constats_de_date(fiche, contexte)
    yield from constats_de_coherence(fiche, contexte)
    yield from constats_de_guichet(fiche, contexte)
