"""The other side of the webhook channel, on this machine: what an agency's developer looks at."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from dossiers.acheminement.management.guichets import guichet_de
from dossiers.acheminement.recepteur.pannes import PANNES, Panne, lire
from dossiers.acheminement.recepteur.serveur import JAMAIS, RAPPEL, REPONSE, Recepteur, Reglages
from dossiers.acheminement.webhook.actes import connecter_cette_machine
from territoires.organismes.models import Guichet

RESTE_RELIE = (
    "Le guichet {code} reste relié : ce qui lui est destiné attend qu’un récepteur réponde. Pour "
    "revenir à la remise dans le portail : bouton « Arrêter » de {page}"
)


class Command(BaseCommand):
    help = (
        "Lance un récepteur de référence sur cette machine : il vérifie les signatures, range "
        "chaque demande une seule fois, accuse réception, et dit chaque échange."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=9009)
        qui = parser.add_mutually_exclusive_group(required=True)
        qui.add_argument(
            "--secret", action="append", help="secret « whsec_… » de la connexion (répétable)"
        )
        qui.add_argument(
            "--guichet",
            metavar="CODE",
            help="en développement : relie ce guichet au récepteur, avec un nouveau secret",
        )
        parser.add_argument(
            "--fichier",
            type=Path,
            default=settings.DONNEES / "recepteur.sqlite3",
            help="où les demandes reçues sont rangées",
        )
        parser.add_argument(
            "--accuse",
            choices=[RAPPEL, REPONSE, JAMAIS],
            default=RAPPEL,
            help="comment il accuse réception : par un appel, dans sa réponse, jamais",
        )
        pannes = " ; ".join(f"{nom}[:{quoi}] {texte}" for nom, (quoi, _, texte) in PANNES.items())
        parser.add_argument(
            "--panne", action="append", default=[], type=_panne, help=f"répétable : {pannes}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        guichet = _guichet(options["guichet"]) if options["guichet"] else None
        options["fichier"].parent.mkdir(parents=True, exist_ok=True)
        reglages = Reglages(
            secrets=tuple(options["secret"] or ()),
            fichier=options["fichier"],
            port=options["port"],
            accuse=options["accuse"],
            pannes=tuple(options["panne"]),
            dire=self._dire,
        )
        try:
            recepteur = Recepteur(reglages)
        except OSError as erreur:
            raise CommandError(
                f"Le port {options['port']} ne peut pas être ouvert ({erreur.strerror}) : arrêtez "
                "ce qui l’occupe, ou choisissez-en un autre avec --port."
            ) from erreur
        if guichet is not None:
            self._relier(recepteur, guichet)
        self._servir(recepteur, guichet)

    def _relier(self, recepteur: Recepteur, guichet: Guichet) -> None:
        """Connect a desk to the receiver, which has its port already."""
        secret = connecter_cette_machine(guichet=guichet, url=recepteur.adresse)
        recepteur.reglages = replace(recepteur.reglages, secrets=(secret,))
        self._dire(f"Guichet {guichet.code} relié à ce récepteur ; nouveau secret : {secret}")

    def _servir(self, recepteur: Recepteur, guichet: Guichet | None) -> None:
        with recepteur:
            self._dire(f"À l’écoute sur {recepteur.adresse} (Ctrl+C pour arrêter).")
            try:
                while True:
                    time.sleep(3600)
            except KeyboardInterrupt:
                self._dire("Arrêté.")
                if guichet is not None:
                    self._dire(RESTE_RELIE.format(code=guichet.code, page=_page(guichet)))

    def _dire(self, lignes: str) -> None:
        self.stdout.write(f"{time.strftime('%H:%M:%S')} {lignes}")
        self.stdout.flush()


def _panne(texte: str) -> Panne:
    try:
        return lire(texte)
    except ValueError as erreur:
        raise ArgumentTypeError(str(erreur)) from erreur


def _guichet(code: str) -> Guichet:
    """The desk to connect to this machine. Development only."""
    if not settings.WEBHOOK_BOUCLE_LOCALE:
        raise CommandError(
            "--guichet n’est que pour le développement : ailleurs, créez le secret sur la page de "
            "la connexion du guichet, et donnez-le par --secret."
        )
    return guichet_de(code)


def _page(guichet: Guichet) -> str:
    chemin = reverse("connexions:connexion", args=[guichet.organisme.code, guichet.code])
    return f"{settings.ADRESSE_PUBLIQUE}{chemin}"
