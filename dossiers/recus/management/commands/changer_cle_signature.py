"""`manage.py changer_cle_signature`: the next receipts are signed with a new key."""

from typing import Any

from django.core.management.base import BaseCommand

from dossiers.recus.actes import changer_cle


class Command(BaseCommand):
    help = (
        "Retire la clé qui signe les reçus et en crée une autre. Les reçus déjà donnés restent "
        "valables : la clé retirée reste publiée, sa moitié privée est effacée."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        cle = changer_cle()
        self.stdout.write(f"Les reçus sont désormais signés par la clé {cle.kid}.")
