"""`manage.py projeter_faits`: the facts of the deposited versions, laid flat again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dossiers.rapprochement.actes_projection import LOT, actualiser_lieux, reprojeter


class Command(BaseCommand):
    help = (
        "Refait la projection des faits des dossiers déposés : ce qui manque ou n’est plus à jour, "
        "ou tout. Interrompue, la commande reprend où elle en était."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tout", action="store_true", help="même ce qui est à jour")
        parser.add_argument(
            "--depuis", type=int, default=0, metavar="VERSION",
            help="reprend après cette version, la dernière que la commande a annoncée",
        )  # fmt: skip
        parser.add_argument("--lot", type=int, default=LOT, help="versions par transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        faites = illisibles = 0
        etapes = reprojeter(tout=options["tout"], depuis=options["depuis"], lot=options["lot"])
        for etape in etapes:
            faites, illisibles = etape.faites, illisibles + len(etape.illisibles)
            self.stdout.write(
                f"{etape.faites}/{etape.total} versions (dernière : {etape.derniere})"
            )
            for version in etape.illisibles:
                self.stderr.write(f"Version {version} : ses faits ne se lisent plus.")
        actualisation = actualiser_lieux()
        lieux = actualisation.lignes if actualisation else 0
        self.stdout.write(
            f"{faites} versions projetées, dont {illisibles} illisibles ; "
            f"lieux actualisés sur {lieux} lignes."
        )
