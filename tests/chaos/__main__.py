"""`make chaos`: run the tests, print their table, end with what was lost and doubled.

`python -m tests.chaos [T1 T9…]`; CHAOS_LONG=1 for the long form. Returns 1 unless everything
held.
"""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

ICI = Path(__file__).parent
#: Two at a time, on two cores.
ENSEMBLE = "2"
LARGEURS = (4, 44, 50, 58, 6)


class Tableau:
    """Gathers what the tests report, in the order of their numbers."""

    def __init__(self) -> None:
        self.lignes: dict[int, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        proprietes = dict(report.user_properties)
        if "panne" not in proprietes:
            return
        numero, panne = proprietes["panne"]
        ligne = self.lignes.setdefault(int(numero[1:]), {"numero": numero, "panne": panne})
        ligne["secondes"] = ligne.get("secondes", 0.0) + report.duration
        if report.failed:
            ligne["echec"] = True
        if report.when == "call" and "chaos" in proprietes:
            self._ajouter(ligne, proprietes["chaos"])

    def _ajouter(self, ligne: dict[str, Any], constat: dict[str, Any]) -> None:
        """What several tests of one number found makes one line."""
        for quoi in ("perdus", "doublons"):
            ligne[quoi] = ligne.get(quoi, 0) + constat[quoi]
        ligne["tenu"] = constat["tenu"]
        ligne["chiffres"] = {**ligne.get("chiffres", {}), **constat["chiffres"]}

    def perdus(self, quoi: str) -> int | None:
        """How many in all; None when a test did not come to its count."""
        comptes = [ligne.get(quoi) for ligne in self.lignes.values()]
        return None if None in comptes or not comptes else sum(n for n in comptes if n)

    def imprimer(self) -> None:
        print()
        _rangee(("", "Fault", "What held", "Figures", "s"))
        print("  ".join("-" * largeur for largeur in LARGEURS))
        for _, ligne in sorted(self.lignes.items()):
            tenu = "FAILED" if ligne.get("echec") else ligne.get("tenu", "?")
            chiffres = ligne.get("chiffres", {}).items()
            _rangee(
                (
                    ligne["numero"],
                    ligne["panne"],
                    tenu,
                    ", ".join(f"{nom.replace('_', ' ')} {valeur}" for nom, valeur in chiffres),
                    f"{ligne['secondes']:.0f}",
                )
            )
        comptes = [
            f"{quoi}={'?' if (n := self.perdus(quoi)) is None else n}"
            for quoi in ("perdus", "doublons")
        ]
        print(f"\n{' '.join(comptes)}", flush=True)


def _rangee(cellules: tuple[str, ...]) -> None:
    colonnes = [
        textwrap.wrap(cellule, largeur) or [""]
        for cellule, largeur in zip(cellules, LARGEURS, strict=True)
    ]
    for rang in range(max(map(len, colonnes))):
        mots = [colonne[rang] if rang < len(colonne) else "" for colonne in colonnes]
        print("  ".join(m.ljust(x) for m, x in zip(mots, LARGEURS, strict=True)).rstrip())


def fichiers(numeros: list[str]) -> list[str]:
    """The files of these tests ("T9", "t09"), all when none is named."""
    tous = sorted(ICI.glob("test_t*.py"))
    voulus = {int(numero.lstrip("tT")) for numero in numeros}
    return [str(f) for f in tous if not voulus or int(f.name[6:8]) in voulus]


def main(numeros: list[str]) -> int:
    os.environ["CHAOS"] = "1"
    tableau = Tableau()
    choisis = fichiers(numeros)
    paralleles = ["-n", ENSEMBLE, "--dist", "worksteal"]
    code = pytest.main(
        [*(paralleles if len(choisis) > 1 else []), "-q", "-m", "chaos", *choisis],
        plugins=[tableau],
    )
    tableau.imprimer()
    tenu = tableau.perdus("perdus") == 0 and tableau.perdus("doublons") == 0
    return 0 if code == 0 and tenu else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
