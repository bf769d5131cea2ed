"""A country that does not exist: what its communes carry, by arithmetic.

Thirteen régions, one hundred départements, 1,250 EPCI, 18,000 communes. Each lies in one of the
next larger, and SQL computes the same codes from the same number (see `bench.inverse`). The codes
are well formed and belong to no real place: "REG-60", "DEP-007", "COM-0A123".
"""

from __future__ import annotations

REGIONS, DEPARTEMENTS, EPCI, COMMUNES = 13, 100, 1_250, 18_000
#: A real code has a letter in second place after a 2 only (Corsica).
CHIFFRES = "013456789"
ZONES = ("FICTIVE-A", "FICTIVE-B", "FICTIVE-C", "FICTIVE-D", "FICTIVE-E", "FICTIVE-F")


def region(numero: int) -> str:
    return f"REG-{60 + numero % REGIONS}"


def departement(numero: int) -> str:
    return f"DEP-{numero % DEPARTEMENTS:03d}"


def epci(numero: int) -> str:
    return f"EPCI-{numero % EPCI:09d}"


def commune(numero: int) -> str:
    numero %= COMMUNES
    return f"COM-{CHIFFRES[numero // 2000]}{'AB'[numero // 1000 % 2]}{numero % 1000:03d}"


def zones(numero: int) -> list[str]:
    """The zones of a commune: the first holds half of them, the next a third, and so on."""
    return [zone for rang, zone in enumerate(ZONES) if numero % (rang + 2) == 0]


def lieu(numero: int) -> frozenset[str]:
    """Every code that commune number `numero` carries, as the vocabulary wants a place."""
    sien = numero % EPCI
    dep = sien % DEPARTEMENTS
    codes = ("PAYS-99100", region(dep), departement(dep), epci(sien), commune(numero))
    return frozenset((*codes, *(f"ZONE-{zone}" for zone in zones(numero))))


class Referentiel:
    """Every zone of the country is loaded."""

    def zone_chargee(self, zone: str) -> bool:
        return zone in ZONES
