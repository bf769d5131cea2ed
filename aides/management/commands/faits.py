"""`manage.py faits`: the vocabulary of the eligibility language."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from aides.criteres.faits import VOCABULAIRE, Repondant
from aides.criteres.valeurs import attendu
from aides.echange.vocabulaire import vocabulaire_json


class Command(BaseCommand):
    help = "Écrit le vocabulaire : chaque fait, son type, qui y répond, comment il s’écrit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("json", "texte"), default="texte")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] == "json":
            self.stdout.write(json.dumps(vocabulaire_json(), ensure_ascii=False, indent=1))
            return
        for fait in VOCABULAIRE.values():
            self.stdout.write(f"{fait.code} ({fait.type}) : {fait.libelle}")
            if fait.repondant is not Repondant.CALCUL:
                self.stdout.write(f"    {attendu(fait)}")
