"""Names of the places that proofs speak of, fetched together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aides.criteres.arbre import EnZone, Situe
from aides.criteres.evaluation import Preuve
from aides.criteres.preuves import sans_libelle
from aides.criteres.redaction import NommerLieu
from territoires.perimetre import libelles


def noms_des_lieux(preuves: Iterable[Preuve]) -> NommerLieu:
    """What names every place of these proofs, with one query for each level of territory."""
    noms = libelles({code for preuve in preuves for code in _codes(preuve)})
    return lambda code: noms.get(code, sans_libelle(code))


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
