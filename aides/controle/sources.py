"""Who says it: every condition and amount has a source, and every source a date."""

from __future__ import annotations

from collections.abc import Iterator

from aides.controle.constats import (
    DATE_FUTURE,
    FINANCEUR_ABSENT,
    SOURCE_A_CONFIRMER,
    SOURCE_ABSENTE,
    SOURCE_SANS_DATE,
    Constat,
)
from aides.controle.contexte import Contexte, Fiche
from aides.criteres.arbre import AuMoins, Critere, Non, Source, Tous, Un
from aides.criteres.valeurs import afficher_date


def constats_de_source(fiche: Fiche, contexte: Contexte) -> Iterator[Constat]:
    """Sources that are missing, undated or dated of tomorrow, and an unnamed funder."""
    if not fiche.sources:
        yield Constat(SOURCE_ABSENTE, fiche.code, "l’aide n’a pas de « sources »")
    if not fiche.porteurs("financeur"):
        yield Constat(FINANCEUR_ABSENT, fiche.code)
    # The text of a law in force carries no date of its own.
    textes = {base["libelle"] for base in fiche.document.get("bases_juridiques", ())}
    for source in dict.fromkeys(_citees(fiche)):
        if not source.libelle.strip():
            yield Constat(SOURCE_ABSENTE, fiche.code, "une source sans libellé")
        elif source.date is not None and source.date > contexte.le:
            precision = f"{source.libelle} : {afficher_date(source.date)}"
            yield Constat(DATE_FUTURE, fiche.code, precision)
        elif source.date is None and source.libelle not in textes:
            regle = SOURCE_SANS_DATE if source.verifie else SOURCE_A_CONFIRMER
            yield Constat(regle, fiche.code, source.libelle)


def _citees(fiche: Fiche) -> Iterator[Source]:
    """The named sources, then those written in place."""
    yield from fiche.sources.values()
    yield from _sources(fiche.arbre)
    for _, source, condition in fiche.montants:
        yield source
        if condition is not None:
            yield from _sources(condition)


def _sources(critere: Critere) -> Iterator[Source]:
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for enfant in criteres:
                yield from _sources(enfant)
        case Non(interieur):
            yield from _sources(interieur)
        case _:
            yield critere.source
