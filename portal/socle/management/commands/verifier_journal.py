"""`manage.py verifier_journal`: has anybody touched the past?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.socle.verification import Compte, anomalies


class Command(BaseCommand):
    help = (
        "Recalcule toutes les empreintes du journal et dit ce qui a été modifié, retiré, inséré "
        "ou déplacé. Sort avec 1 s’il y a quelque chose."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dossier", type=int, help="identifiant d’un seul dossier")

    def handle(self, *args: Any, **options: Any) -> None:
        compte, trouvees = Compte(), 0
        for anomalie in anomalies(compte, dossier_id=options["dossier"]):
            trouvees += 1
            self.stdout.write(str(anomalie))
        lu = f"{compte.lignes} lignes lues, {compte.chaines} chaînes"
        if trouvees:
            raise CommandError(f"Journal altéré : {trouvees} anomalies ({lu}).")
        if options["dossier"] is not None and not compte.lignes:
            raise CommandError(f"Le journal ne dit rien du dossier {options['dossier']}.")
        self.stdout.write(f"Journal intact : {lu}.")
