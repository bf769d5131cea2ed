"""`manage.py reduire_territoires PAQUET`: the geographic code of the year, made compact."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from territoires.reduction import SourceInattendue, ecrire, reduire_decoupage

PAQUET = "@etalab/decoupage-administratif"


class Command(BaseCommand):
    help = f"Réduit le paquet npm {PAQUET} (décompressé) en fichiers CSV compacts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paquet", type=Path, help="dossier du paquet (il contient data/)")
        parser.add_argument("--millesime", required=True, help="année du code géographique")
        parser.add_argument(
            "--vers", type=Path, default=settings.BASE_DIR / "fixtures" / "territoires"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        paquet: Path = options["paquet"]
        try:
            fiche = json.loads((paquet / "package.json").read_text(encoding="utf-8"))
            tables = reduire_decoupage(paquet)
        except (OSError, SourceInattendue) as erreur:
            raise CommandError(str(erreur)) from erreur
        comptes = ecrire(
            tables,
            options["vers"],
            {
                "jeu": "Code officiel géographique, EPCI à fiscalité propre, codes postaux",
                "millesime": options["millesime"],
                "paquet": f"npm {fiche['name']} {fiche['version']}",
                "producteurs": ["INSEE", "DGCL", "La Poste", "Etalab"],
                "licence": "Licence Ouverte 2.0 (données), MIT (code du paquet)",
            },
        )
        for nom, lignes in comptes.items():
            self.stdout.write(f"{nom} : {lignes} lignes")
