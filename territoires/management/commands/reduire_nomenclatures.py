"""`manage.py reduire_nomenclatures PYNSEE`: NAF rév. 2 out of the package pynsee."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from territoires.reduction import SourceInattendue, ecrire, reduire_naf


class Command(BaseCommand):
    help = "Extrait la NAF rév. 2 du paquet PyPI pynsee (archive .whl ou dossier décompressé)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paquet", type=Path, help="pynsee-….whl, ou le dossier décompressé")
        parser.add_argument(
            "--vers", type=Path, default=settings.BASE_DIR / "fixtures" / "nomenclatures"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        paquet: Path = options["paquet"]
        try:
            tables = reduire_naf(paquet)
        except (OSError, KeyError, SourceInattendue) as erreur:
            raise CommandError(str(erreur)) from erreur
        comptes = ecrire(
            tables,
            options["vers"],
            {
                "jeu": "Nomenclature d'activités française, NAF rév. 2 (2008), cinq niveaux",
                "millesime": "2008",
                "paquet": f"PyPI {paquet.name}",
                "producteurs": ["INSEE"],
                "licence": "Licence Ouverte 2.0 (données), MIT (code du paquet)",
            },
        )
        for nom, lignes in comptes.items():
            self.stdout.write(f"{nom} : {lignes} lignes")
