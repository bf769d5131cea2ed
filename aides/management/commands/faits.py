"""`manage.py faits`: the vocabulary of the eligibility language."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from aides.criteres.faits import VOCABULAIRE, Fait, Repondant
from aides.criteres.valeurs import attendu

FORMAT = "dossier-unique/faits"
VERSION = 1


class Command(BaseCommand):
    help = "Écrit le vocabulaire : chaque fait, son type, qui y répond, comment il s’écrit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("json", "texte"), default="texte")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] == "json":
            faits = [_en_json(fait) for fait in VOCABULAIRE.values()]
            document = {"format": FORMAT, "version": VERSION, "faits": faits}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
            return
        for fait in VOCABULAIRE.values():
            self.stdout.write(f"{fait.code} ({fait.type}) : {fait.libelle}")
            if fait.repondant is not Repondant.CALCUL:
                self.stdout.write(f"    {attendu(fait)}")


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
