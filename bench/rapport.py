"""What a run of the bench leaves: lines printed in French, resultats.json, a table, a picture."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DEBUT, FIN = "<!-- make bench -->", "<!-- /make bench -->"


@dataclass(frozen=True, slots=True)
class Chiffre:
    """One figure. `libelle` is printed, in French; `intitule` goes to the README, in English.

    `rapport` compares with `pair`, in the sense that `cible` is written: how many times faster
    ("≥ 100"), or how many times the cost ("≤ 1,3").
    """

    nom: str
    libelle: str
    intitule: str
    valeur: float
    unite: str
    pair: str | None = None
    rapport: float | None = None
    cible: str = ""
    tenue: bool | None = None

    def en_json(self) -> dict[str, object]:
        return {
            "nom": self.nom,
            "valeur": _arrondi(self.valeur),
            "unite": self.unite,
            "pair": self.pair,
            "rapport": None if self.rapport is None else _arrondi(self.rapport),
        }


def _arrondi(valeur: float) -> float:
    return float(f"{valeur:.4g}")


def nombre(valeur: float) -> str:
    """Three significant figures, in French: 0,412 ; 35,2 ; 1 480."""
    decimales = max(0, 2 - len(str(int(abs(valeur)))) + (1 if abs(valeur) >= 1 else 2))
    decimales = 0 if abs(valeur) >= 100 else decimales
    return f"{valeur:,.{decimales}f}".replace(",", " ").replace(".", ",")


#: What the table of the README says otherwise than the printed one.
_MOTS = (
    (r"(\d),(\d)", r"\1.\2"),
    (r"(\d) (\d{3})", r"\1,\2"),
    ("SQL écrit à la main", "SQL by hand"),
    (r"par (\d+) aides", r"by \1 aids"),
    ("par aide", "by aid"),
    (r"la même avec (\d+) aides", r"the same with \1 aids"),
    (r"\bMo\b", "MB"),
    (r"\bfois\b", "times"),
)


def _anglais(texte: str) -> str:
    for francais, anglais in _MOTS:
        texte = re.sub(francais, anglais, texte)
    return texte


def lignes(chiffres: Sequence[Chiffre]) -> list[str]:
    """The table people read at the end of a run."""
    rangs = [("", "mesure", "rapport", "cible", "")] + [
        (
            c.libelle,
            f"{nombre(c.valeur)} {c.unite}",
            f"× {nombre(c.rapport)} ({c.pair})" if c.rapport is not None else "",
            c.cible,
            "" if c.tenue is None else "tenue" if c.tenue else "MANQUÉE",
        )
        for c in chiffres
    ]
    largeurs = [max(map(len, colonne)) for colonne in zip(*rangs, strict=True)]
    return [
        "  ".join(mot.ljust(n) for mot, n in zip(r, largeurs, strict=True)).rstrip() for r in rangs
    ]


def tableau(chiffres: Sequence[Chiffre]) -> str:
    """The same in Markdown and in English, for the README."""
    corps = "\n".join(
        f"| {c.intitule} | {_anglais(f'{nombre(c.valeur)} {c.unite}').strip()} | {_compare(c)} | "
        f"{_anglais(c.cible)} |"
        for c in chiffres
    )
    return f"| | measured | against | aim |\n|---|---|---|---|\n{corps}\n"


def _compare(chiffre: Chiffre) -> str:
    if chiffre.rapport is None:
        return ""
    return _anglais(f"× {nombre(chiffre.rapport)}") + f", {_anglais(chiffre.pair or '')}"


def ecrire_json(chiffres: Sequence[Chiffre], fichier: Path) -> None:
    objets = [chiffre.en_json() for chiffre in chiffres]
    fichier.write_text(json.dumps(objets, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def inserer(chiffres: Sequence[Chiffre], fichier: Path) -> None:
    """Replace what lies between the two marks of a Markdown file."""
    texte = fichier.read_text(encoding="utf-8")
    avant, reste = texte.split(DEBUT)
    _, apres = reste.split(FIN)
    corps = f"{avant}{DEBUT}\n\n{tableau(chiffres)}\n{FIN}{apres}"
    fichier.write_text(corps, encoding="utf-8")
