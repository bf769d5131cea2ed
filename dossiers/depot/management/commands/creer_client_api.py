"""`manage.py creer_client_api`: give a program an access to file for an account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.depot.actes.clients import ouvrir_client
from dossiers.models import Entreprise
from portal.comptes.models import User


class Command(BaseCommand):
    help = "Donne à un programme un accès à l’API, pour le compte d’une personne du portail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("compte", help="adresse électronique du compte")
        parser.add_argument("nom", help="nom du programme, pour le reconnaître")

    def handle(self, *args: Any, **options: Any) -> None:
        compte = User.objects.filter(email__iexact=options["compte"], is_active=True).first()
        if compte is None:
            raise CommandError(f"Aucun compte actif n’a l’adresse {options['compte']}.")
        if not options["nom"].strip():
            raise CommandError("Donnez un nom au programme.")
        client, secret = ouvrir_client(compte=compte, nom=options["nom"])
        self.stdout.write(f"identifiant  {client.client_id}")
        self.stdout.write(f"secret       {secret}")
        entreprises = Entreprise.objects.visibles_par(compte).order_by("nom", "pk")
        siret = [f"{entreprise.nom} ({entreprise.siret})" for entreprise in entreprises]
        self.stderr.write(
            "Notez le secret : il ne sera plus affiché. Ce programme peut déposer pour "
            + (", ".join(siret) or "aucune entreprise : ce compte n’est membre d’aucune")
            + "."
        )
