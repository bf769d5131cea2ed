"""Some communes seen from the codes that périmètres use: does one of them remain?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from territoires.models import Commune

FRANCE = "PAYS-99100"

#: Codes of an EPCI's part of a département, all of whose communes share them.
Groupe = frozenset[str]


@dataclass(frozen=True, slots=True)
class Emprise:
    """The communes of a territory, grouped by the codes above them.

    `nombres` gives the number of communes of each group; `groupes` the group of those communes
    that a périmètre names one by one ("COM-31555").
    """

    nombres: dict[Groupe, int]
    groupes: dict[str, Groupe]

    @classmethod
    def de(cls, communes: QuerySet[Commune], nommees: Collection[str]) -> Emprise:
        """The grouping of `communes`, in two queries; `nommees` are the "COM-" codes in use."""
        au_dessus = ("epci_id", "departement_id", "departement__region_id")
        nombres = {
            _groupe(*ligne[:3]): ligne[3]
            for ligne in communes.order_by().values_list(*au_dessus).annotate(nombre=Count("code"))
        }
        codes = [code.removeprefix("COM-") for code in nommees]
        lignes = communes.order_by().filter(code__in=codes).values_list("code", *au_dessus)
        return cls(nombres, {f"COM-{code}": _groupe(*reste) for code, *reste in lignes})

    @property
    def codes(self) -> frozenset[str]:
        """Every code that puts at least one of the communes in a périmètre."""
        return frozenset[str]().union(*self.nombres, self.groupes)

    def lieux(self) -> frozenset[frozenset[str]]:
        """Every place that périmètres tell apart: the communes that are named, and one for the
        others of each group."""
        nommees: dict[Groupe, int] = defaultdict(int)
        for groupe in self.groupes.values():
            nommees[groupe] += 1
        restants = {groupe for groupe, nombre in self.nombres.items() if nombre > nommees[groupe]}
        return frozenset(restants | {groupe | {code} for code, groupe in self.groupes.items()})

    def reste(self, perimetre: Collection[str], exclusions: Collection[str]) -> bool:
        """Whether one of the communes is in the périmètre and in none of the exclusions."""
        retirees: dict[Groupe, int] = defaultdict(int)
        for code in set(exclusions) & self.groupes.keys():
            retirees[self.groupes[code]] += 1
        for groupe, nombre in self.nombres.items():
            entier = not groupe.isdisjoint(perimetre) and groupe.isdisjoint(exclusions)
            if entier and nombre > retirees[groupe]:
                return True
        return any(
            self.groupes[code].isdisjoint(exclusions)
            for code in self.groupes.keys() & (set(perimetre) - set(exclusions))
        )


def _groupe(epci: str | None, departement: str, region: str) -> Groupe:
    codes = {FRANCE, f"DEP-{departement}", f"REG-{region}"}
    return frozenset(codes | {f"EPCI-{epci}"} if epci else codes)
