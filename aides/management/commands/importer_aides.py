"""`manage.py importer_aides FICHIER`: publish the aides of an exchange file, all or none."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aides.actes import publier_aides
from aides.echange import lire_catalogue
from portal.socle.json_strict import DocumentInvalide


class Command(BaseCommand):
    help = "Publie les aides d’un fichier d’échange (docs/echange.md) : toutes, ou aucune."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path)

    def handle(self, *args: Any, fichier: Path, **options: Any) -> None:
        try:
            octets = fichier.read_bytes()
        except OSError as erreur:
            raise CommandError(f"{fichier} : fichier introuvable ou illisible") from erreur
        try:
            lues = lire_catalogue(octets, annoncer=self.annoncer)
            bilan = publier_aides(documents=lues)
        except DocumentInvalide as invalide:
            raise CommandError(f"{fichier} : rien n’est importé.\n{invalide}") from invalide
        self.stdout.write(
            f"{len(lues)} aides lues : {len(bilan.nouvelles)} nouvelles, "
            f"{len(bilan.modifiees)} modifiées, {len(bilan.inchangees)} inchangées"
        )

    def annoncer(self, lues: int, total: int) -> None:
        if lues and lues % 500 == 0:
            self.stderr.write(f"… {lues} aides vérifiées sur {total}")
