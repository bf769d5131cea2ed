"""Names of what criteria cite by code: places, zones, activities, legal forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aides.criteres.arbre import AuMoins, Critere, EnZone, Non, Situe, Tous, Un
from territoires.models import ActiviteNaf, FormeJuridique
from territoires.perimetre import libelles


@dataclass(frozen=True, slots=True)
class Noms:
    """Names read once for a whole answer; their two methods are what the wording asks."""

    lieux: Mapping[str, str]
    activites: Mapping[str, str]
    formes: Mapping[str, str]

    @classmethod
    def pour(cls, criteres: Iterable[Critere], lieux: Iterable[str] = ()) -> Noms:
        """Names of all that these trees cite, and of `lieux`, in a constant number of queries."""
        cites = {code for critere in criteres for code in lieux_de(critere)}
        return cls(
            libelles(cites.union(lieux)),
            dict(ActiviteNaf.objects.values_list("code", "libelle")),
            dict(FormeJuridique.objects.values_list("code", "libelle")),
        )

    def lieu(self, code: str) -> str:
        """The name of a place or a zone; its code when it has none here."""
        return self.lieux.get(code, code.removeprefix("ZONE-"))

    def code(self, fait: str, code: str) -> str:
        """The label of a code of NAF or of legal forms; empty when it has none."""
        noms = self.activites if fait == "naf" else self.formes
        return noms.get(code, "")


def lieux_de(critere: Critere) -> Iterator[str]:
    """Every place and zone that the tree cites, in the national notation or as `ZONE-…`."""
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for enfant in criteres:
                yield from lieux_de(enfant)
        case Non(interieur):
            yield from lieux_de(interieur)
        case Situe(_, perimetre, _, sauf):
            yield from perimetre | sauf
        case EnZone(_, zone):
            yield f"ZONE-{zone}"
        case _:
            pass
