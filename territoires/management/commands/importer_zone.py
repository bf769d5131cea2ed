"""`manage.py importer_zone CODE FICHIER --source … --du AAAA-MM-JJ`: one dated layer."""

import re
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from territoires.actes import ActeImpossible, DescriptionZone, importer_zone
from territoires.fichier_zone import FichierZoneInvalide, FormatZone, Statut
from territoires.models import Zone

CODE = re.compile(r"(?!PARTIELLE-)[A-Z][A-Z0-9-]{1,29}")


def code_zone(texte: str) -> str:
    if CODE.fullmatch(texte) is None:
        raise ArgumentTypeError(f"« {texte} » : majuscules, chiffres et tirets, comme ZRR ou AFR")
    return texte


def jour(texte: str) -> date:
    try:
        return date.fromisoformat(texte)
    except ValueError as erreur:
        raise ArgumentTypeError(f"« {texte} » n’est pas une date AAAA-MM-JJ") from erreur


class Command(BaseCommand):
    help = "Importe la liste officielle des communes d’une zone, pour une période."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", type=code_zone)
        parser.add_argument("fichier", type=Path)
        parser.add_argument("--source", required=True, help="texte ou jeu de données, et sa date")
        parser.add_argument("--du", type=jour, required=True, help="premier jour (AAAA-MM-JJ)")
        parser.add_argument("--au", type=jour, help="dernier jour, inclus")
        parser.add_argument("--nom", help="nom de la zone (à défaut : celui connu, ou le code)")
        parser.add_argument("--colonne", default="code_commune", help="colonne du code commune")
        parser.add_argument(
            "--statut",
            choices=[Statut.DEDANS.value, Statut.PARTIEL.value],
            default=Statut.DEDANS.value,
            help="statut des communes listées, sans --colonne-statut",
        )
        parser.add_argument("--colonne-statut", default="", help="colonne du statut, s’il y en a")
        for statut in Statut:
            parser.add_argument(
                f"--{statut.value}",
                action="append",
                default=[],
                metavar="VALEUR",
                help=f"valeur de cette colonne pour « {statut.label} » (répétable)",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        statuts = {valeur: statut for statut in Statut for valeur in options[statut.value]}
        if bool(statuts) != bool(options["colonne_statut"]):
            raise CommandError(
                "--colonne-statut va avec --dedans, --partiel, --dehors : que vaut chaque valeur ?"
            )
        connue = Zone.objects.filter(code=options["code"]).first()
        description = DescriptionZone(
            code=options["code"],
            nom=options["nom"] or (connue.nom if connue else options["code"]),
            source=options["source"],
            du=options["du"],
            au=options["au"],
        )
        forme = FormatZone(
            colonne=options["colonne"],
            statut=Statut(options["statut"]),
            colonne_statut=options["colonne_statut"],
            statuts=statuts,
        )
        try:
            couche, ecrite = importer_zone(
                description=description, fichier=options["fichier"], forme=forme
            )
        except (OSError, FichierZoneInvalide, ActeImpossible) as erreur:
            raise CommandError(f"Rien n’a été importé.\n{erreur}") from erreur
        nombre = couche.appartenances.count()
        suite = "communes importées" if ecrite else "communes, déjà importées"
        self.stdout.write(f"{couche} : {nombre} {suite}")
