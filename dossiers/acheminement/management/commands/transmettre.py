"""Send to the system of a desk the demandes it received before it was connected."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.acheminement.actes import remettre
from dossiers.acheminement.management.guichets import guichet_de
from dossiers.acheminement.webhook.actes import ConnexionRefusee, EnDoute, transmettre
from dossiers.models import Demande


class Command(BaseCommand):
    help = (
        "Transmet au système d’un guichet les demandes ouvertes qu’il a reçues avant d’être "
        "relié. Une demande déjà transmise ne l’est pas deux fois."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("guichet", help="code du guichet")
        parser.add_argument("--nombre", type=int, help="pas plus que ce nombre")

    def handle(self, *args: Any, **options: Any) -> None:
        demandes = Demande.objects.en_cours().filter(guichet=guichet_de(options["guichet"]))
        for demande in demandes.order_by("deposee_le", "pk")[: options["nombre"]]:
            try:
                acheminement = transmettre(demande=demande)
            except EnDoute as doute:
                self.stdout.write(f"{demande.numero} : {doute}")
                continue
            except ConnexionRefusee as refus:
                raise CommandError(str(refus)) from refus
            if acheminement.remise_le is not None:
                etat = "déjà remise"
            elif remettre(acheminement_id=acheminement.pk):
                etat = "remise"
            else:
                acheminement.refresh_from_db()
                etat = (
                    acheminement.quarantaine_motif or acheminement.derniere_erreur or "à remettre"
                )
            self.stdout.write(f"{demande.numero} : {etat}")
        if not demandes:
            self.stdout.write("Aucune demande ouverte à ce guichet.")
