"""Synthetic dossiers, with their seed: complete, or with facts that nobody answered yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from aides.criteres.choix import DEPENSES, NATURES_PROJET, SECTEURS
from aides.criteres.faits import DECLARES, SANS_OBJET, Faits, Valeur, completer
from bench import lieux
from bench.catalogue import DIVISIONS, GRAINE, LE

#: How often a fact of a dossier with gaps has no answer.
PART_DE_LACUNES = 0.25


def _declares(alea: Random) -> dict[str, Valeur]:
    euros: Callable[[int, int], int] = lambda bas, haut: round(  # noqa: E731
        bas * (haut / bas) ** alea.random() * 100
    )
    commune = alea.randrange(lieux.COMMUNES)
    siege = commune if alea.random() < 0.8 else alea.randrange(lieux.COMMUNES)
    jeune = alea.random() < 0.1
    effectif = round(3000 ** alea.random())
    recherche = alea.random() < 0.3
    debut = LE + timedelta(days=alea.randint(10, 200))
    faits: dict[str, Valeur] = {
        "naf": f"{alea.choice(DIVISIONS)}.{alea.randint(1, 9)}{alea.randint(0, 9)}Z",
        "forme_juridique": alea.choice(("5499", "5710", "5710", "5710", "5599", "1000")),
        "commune_siege": lieux.lieu(siege),
        "commune_projet": lieux.lieu(commune),
        "date_creation": LE - timedelta(days=alea.randint(20, 11_000)),
        "effectif": effectif,
        "chiffre_affaires": SANS_OBJET if jeune else euros(50_000, 40_000_000),
        "total_bilan": SANS_OBJET if jeune else euros(40_000, 30_000_000),
        "fonds_propres": euros(5_000, 5_000_000),
        "capital_social": euros(1_000, 500_000),
        "exercices_clos": 0 if jeune else alea.randint(1, 30),
        "micro_entrepreneur": alea.random() < 0.05,
        "entreprise_en_difficulte": alea.random() < 0.03,
        "a_jour_obligations": alea.random() < 0.97,
        "nature_projet": frozenset(alea.sample(sorted(NATURES_PROJET), alea.randint(1, 4))),
        "projet_commence": alea.random() < 0.05,
        "activite_recherche": recherche,
        "date_debut_projet": debut,
        "date_fin_projet": debut + timedelta(days=alea.randint(60, 700)),
        "apport": euros(5_000, 200_000),
        "emprunt": euros(5_000, 200_000),
        "aide_souhaitee": euros(2_000, 80_000),
        "autres_aides": 0,
        "aides_de_minimis": alea.choice((0, 0, euros(1_000, 200_000))),
        "emplois_crees": alea.choice((0, 0, 10, 20, 50)),
        "emplois_maintenus": effectif,
        "secteur": frozenset(alea.sample(sorted(SECTEURS), alea.randint(1, 3))),
    }
    faits |= {poste: euros(1_000, 100_000) if alea.random() < 0.5 else 0 for poste in DEPENSES}
    return faits


def complets(nombre: int, graine: int = GRAINE) -> list[Faits]:
    """Dossiers where every fact of the catalogue has an answer, completed for the day `LE`."""
    alea = Random(graine)
    return [completer(_declares(alea), LE) for _ in range(nombre)]


def lacunaires(nombre: int, graine: int = GRAINE) -> list[Faits]:
    """Dossiers where a quarter of the facts, drawn for each, have no answer."""
    alea = Random(graine)
    codes = [fait.code for fait in DECLARES]
    dossiers = []
    for _ in range(nombre):
        connus = {code for code in codes if alea.random() >= PART_DE_LACUNES}
        declares = _declares(alea)
        dossiers.append(completer({c: v for c, v in declares.items() if c in connus}, LE))
    return dossiers
