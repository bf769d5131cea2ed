"""Draw the life cycle of a demande in docs/circuit.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dossiers.dessin import dessiner


class Command(BaseCommand):
    help = "Redessine docs/circuit.md à partir de la table du circuit."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "circuit.md").write_text(dessiner(), encoding="utf-8")
