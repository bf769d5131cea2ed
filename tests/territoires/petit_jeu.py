"""A fictitious edition of two communes, to be loaded where the real one is too much."""

from datetime import date
from pathlib import Path

from territoires.reduction import COLONNES

JOUR = date(2026, 6, 1)
PETIT_JEU = {
    "regions": ["76,Région Fictive,metro"],
    "departements": ["31,Département Fictif,76"],
    "epci": ["200000008,CC Fictive,CC"],
    "communes": [
        "31901,Villeneuve-Fictive,31,200000008,,100,31990",
        "31902,Villebis,31,200000008,,50,31990",
    ],
    "anciennes": ["31903,Vieux-Bourg,deleguee,31901"],
}


def ecrire_petit_jeu(dossier: Path, **fichiers: list[str]) -> None:
    """Write it under `dossier`, some files replaced by other lines."""
    cible = dossier / "territoires"
    cible.mkdir(exist_ok=True)
    (cible / "source.json").write_text('{"millesime": "fictif"}')
    for nom, lignes in {**PETIT_JEU, **fichiers}.items():
        contenu = [",".join(COLONNES[f"{nom}.csv"]), *lignes]
        (cible / f"{nom}.csv").write_text("\n".join(contenu) + "\n", encoding="utf-8")
