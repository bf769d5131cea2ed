"""`manage.py nettoyer_pieces`: what the daily task does, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from dossiers.pieces.nettoyage import nettoyer


class Command(BaseCommand):
    help = (
        "Efface les pièces retirées depuis plus d’un jour, et les fichiers du stockage "
        "qu’aucune pièce ne désigne."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        bilan = nettoyer()
        self.stdout.write(
            f"{bilan.retirees} pièces retirées effacées, {bilan.fichiers} fichiers effacés."
        )
