"""The vocabulary as JSON: each fact, its type, who answers it, how it is written."""

from __future__ import annotations

from typing import Any

from aides.criteres.faits import VOCABULAIRE, Fait, Repondant
from aides.criteres.valeurs import attendu

FORMAT = "dossier-unique/faits"
VERSION = 1


def vocabulaire_json() -> dict[str, Any]:
    """Every fact, in the order of the vocabulary."""
    faits = [_en_json(fait) for fait in VOCABULAIRE.values()]
    return {"format": FORMAT, "version": VERSION, "faits": faits}


def _en_json(fait: Fait) -> dict[str, Any]:
    calcule = fait.repondant is Repondant.CALCUL
    return {
        "code": fait.code,
        "libelle": fait.libelle,
        "question": fait.question,
        "type": fait.type,
        "section": fait.section,
        "repondant": fait.repondant,
        "attendu": "" if calcule else attendu(fait),
        "sans_objet": fait.sans_objet,
        "choix": dict(fait.choix or {}),
        "unite": fait.unite[0] if fait.unite else "",
        "calcule_depuis": list(fait.bases),
        "base_legale": fait.base_legale,
        "aide": fait.aide,
    }
