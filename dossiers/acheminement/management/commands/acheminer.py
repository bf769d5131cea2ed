"""`manage.py acheminer`: the sweep, from cron where no beat runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from dossiers.acheminement.actes import balayer
from dossiers.acheminement.actes.relances import relancer_dus


class Command(BaseCommand):
    help = "Oriente, remet et relance tout ce qui est dû, puis s’arrête."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while (traitees := balayer()) > 0:
            total += traitees
            self.stdout.write(f"{total} acheminements traités")
        while (relancees := relancer_dus()) > 0:
            self.stdout.write(f"{relancees} relances et attentes traitées")
        self.stdout.write("Rien d’autre n’est dû.")
