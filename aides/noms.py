"""Names of what criteria cite by code: places, zones, activities, legal forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aides.criteres.arbre import Critere, DelaiEntreAides, EnZone, Situe, feuilles_de
from aides.models import Aide
from territoires.models import ActiviteNaf, FormeJuridique
from territoires.perimetre import libelles


@dataclass(frozen=True, slots=True)
class Noms:
    """Names read once for a whole answer; their two methods are what the wording asks."""

    lieux: Mapping[str, str]
    #: fact -> code -> label.
    codes: Mapping[str, Mapping[str, str]]

    @classmethod
    def pour(cls, criteres: Iterable[Critere], lieux: Iterable[str] = ()) -> Noms:
        """Names of all that these trees cite, and of `lieux`, in a constant number of queries."""
        arbres = list(criteres)
        cites = {code for critere in arbres for code in lieux_de(critere)}
        aides = {code for critere in arbres for code in aides_de(critere)}
        titres = Aide.objects.publiees().filter(code__in=aides) if aides else Aide.objects.none()
        return cls(
            libelles(cites.union(lieux)),
            {
                "naf": dict(ActiviteNaf.objects.values_list("code", "libelle")),
                "forme_juridique": dict(FormeJuridique.objects.values_list("code", "libelle")),
                "aides_obtenues": dict(titres.values_list("code", "version__titre")),
            },
        )

    def lieu(self, code: str) -> str:
        """The name of a place or a zone; its code when it has none here."""
        return self.lieux.get(code, code.removeprefix("ZONE-"))

    def code(self, fait: str, code: str) -> str:
        """The label of a code of NAF or of legal forms, the title of an aide; else empty."""
        return self.codes.get(fait, {}).get(code, "")


def aides_de(critere: Critere) -> Iterator[str]:
    """The codes of the aides that the tree asks about."""
    for feuille in feuilles_de(critere):
        if isinstance(feuille, DelaiEntreAides):
            yield from feuille.aides


def lieux_de(critere: Critere) -> Iterator[str]:
    """Every place and zone that the tree cites, in the national notation or as `ZONE-…`."""
    for feuille in feuilles_de(critere):
        match feuille:
            case Situe(_, perimetre, _, sauf):
                yield from perimetre | sauf
            case EnZone(_, zone):
                yield f"ZONE-{zone}"
            case _:
                pass
