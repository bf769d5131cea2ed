"""`manage.py charger_territoires`: the reference data of `fixtures/`, once."""

from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from territoires.actes import charger_reference
from territoires.chargement import JEUX, FichierInvalide


class Command(BaseCommand):
    help = "Charge communes, EPCI, départements, régions, NAF et formes juridiques."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--depuis", type=Path, default=settings.BASE_DIR / "fixtures")

    def handle(self, *args: Any, **options: Any) -> None:
        debut = monotonic()
        try:
            with transaction.atomic():
                for jeu in JEUX:
                    chargement = charger_reference(
                        jeu=jeu, dossier=options["depuis"], annoncer=self._annoncer
                    )
                    if chargement is None:
                        self.stdout.write(f"{jeu.code} : déjà à jour")
        except (FichierInvalide, OSError, IntegrityError) as erreur:
            raise CommandError(f"Rien n’a été chargé. {erreur}") from erreur
        self.stdout.write(f"Données de référence prêtes en {monotonic() - debut:.1f} s")

    def _annoncer(self, fichier: str, nombre: int) -> None:
        self.stdout.write(f"  {fichier} : {nombre}")
        self.stdout.flush()
