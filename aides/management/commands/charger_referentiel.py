"""`manage.py charger_referentiel`: organismes, guichets, compétences and aides of `fixtures/`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aides.actes import charger_catalogue
from territoires.chargement import FichierInvalide


class Command(BaseCommand):
    help = "Charge les organismes et les aides de fixtures/ : tout, ou rien."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            charge = charger_catalogue(
                dossier=settings.BASE_DIR / "fixtures",
                annoncer=self.stdout.write,
            )
        except (FichierInvalide, OSError) as erreur:
            raise CommandError(f"Rien n’est chargé.\n{erreur}") from erreur
        if not charge:
            self.stdout.write("Organismes et aides : déjà à jour.")
