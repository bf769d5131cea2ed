"""What an aide is checked against, and the aide itself, read once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from aides.conditions import conditions
from aides.criteres.arbre import Critere, Source
from aides.criteres.echange import lire, lire_source, lire_sources
from aides.criteres.satisfaction import Monde, Recherche
from aides.echange import version_de
from territoires.organismes.models import Competence

#: Age in days from which a reading of the source is old, unless told.
JOURS_DE_RELECTURE = 180
#: Every code that holds a commune, zones aside.
Lieu = frozenset[str]


@dataclass(frozen=True)
class Contexte:
    """The day, what exists, and who is competent for what.

    `territoires` gives the code of the territory of each organisme, "" when it has none;
    `jours` is the age, in days, from which a reading of the source is old.
    """

    le: date
    monde: Monde
    competences: Sequence[Competence]
    territoires: Mapping[str, str]
    zones: Collection[str]
    jours: int

    @cached_property
    def recherche(self) -> Recherche:
        return Recherche(self.monde)


class Fiche:
    """One exchange document without faults of form, and its trees."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.code = str(document["code"])
        self.sources = lire_sources(document.get("sources", {}))
        self.arbre = lire(document["criteres"], self.sources)
        self.conditions = conditions(version_de(document))

    @property
    def close(self) -> bool:
        return bool(self.document["statut"] == "close")

    @property
    def montants(self) -> list[tuple[str, Source, Critere | None]]:
        """The label, the source and the condition of each rule of amount."""
        return [
            (
                montant.get("libelle", f"montant {rang}"),
                lire_source(montant["source"], self.sources),
                lire(montant["si"], self.sources) if "si" in montant else None,
            )
            for rang, montant in enumerate(self.document.get("montants", []), 1)
        ]

    def jour(self, cle: str) -> date | None:
        brut = self.document.get(cle)
        return date.fromisoformat(brut) if brut else None

    def lieux(self, cle: str) -> frozenset[str]:
        """The codes of the périmètre, or of the exclusions."""
        return frozenset(filter(None, self.document.get(cle, "").split("|")))

    def porteurs(self, *roles: str) -> frozenset[str]:
        """The codes of the organismes that play one of these roles."""
        return frozenset(
            porteur["organisme"]
            for porteur in self.document["porteurs"]
            if not set(roles).isdisjoint(porteur["roles"])
        )
