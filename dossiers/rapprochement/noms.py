"""The places that proofs speak of, and their names, fetched together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aides.criteres.arbre import EnZone, Situe
from aides.criteres.evaluation import Preuve
from aides.criteres.preuves import sans_libelle
from aides.criteres.redaction import NommerLieu
from territoires.perimetre import libelles


def noms_des_lieux(preuves: Iterable[Preuve]) -> NommerLieu:
    """What names every place of these proofs, with one query for each level of territory."""
    return nommeur(libelles(lieux_cites(preuves)))


def nommeur(noms: Mapping[str, str]) -> NommerLieu:
    """What names a place by these names, and by its code when it has none there."""
    return lambda code: noms.get(code, sans_libelle(code))


def lieux_cites(preuves: Iterable[Preuve]) -> set[str]:
    """Every place and zone that these proofs speak of, as `COM-…`, `EPCI-…`, `ZONE-…`."""
    return {code for preuve in preuves for code in _codes(preuve)}


def _codes(preuve: Preuve) -> Iterator[str]:
    match preuve.critere:
        case Situe(_, perimetre, _, sauf):
            yield from perimetre | sauf
        case EnZone(_, zone):
            yield f"ZONE-{zone}"
        case _:
            pass
    if isinstance(preuve.valeur, frozenset):
        yield from (code for code in preuve.valeur if code.startswith("COM-"))
    for enfant in preuve.enfants:
        yield from _codes(enfant)
