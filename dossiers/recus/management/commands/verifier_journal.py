"""`manage.py verifier_journal`: has anybody touched the past?"""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.recus.controle import Registre, controler
from dossiers.recus.format import RecuInvalide
from dossiers.recus.lecture import TAILLE_MAXIMUM, RecuIllisible, raison
from portal.socle.verification import Compte, ancres, anomalies

NUMERO = re.compile(r"(?:DU-\d{4}-)?0*\d{1,18}")


def numero(texte: str) -> str:
    """The number of a dossier, "DU-2026-000012", or its identifier, "12", as it was typed."""
    if not NUMERO.fullmatch(texte := texte.strip()):
        raise ArgumentTypeError(f"« {texte} » n’est pas un numéro de dossier (DU-2026-000012)")
    return texte


class Command(BaseCommand):
    help = (
        "Recalcule toutes les empreintes du journal et dit ce qui a été modifié, retiré, inséré "
        "ou déplacé, puis si chaque reçu signé nomme une ligne qui y est encore. Sort avec 1 s’il "
        "y a quelque chose."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dossier", type=numero, help="numéro d’un seul dossier")
        parser.add_argument(
            "--recu",
            type=Path,
            help="reçu (.jws ou .pdf) gardé hors du portail : la ligne qu’il nomme y est-elle ?",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        compte, registre, tape, trouvees = Compte(), Registre(), options["dossier"], 0
        voulu = None if tape is None else int(str(tape).rpartition("-")[2])
        if options["recu"] is not None:
            trouvees += self._recu(options["recu"])
        for faute in chain(map(str, anomalies(compte, dossier_id=voulu)), registre.fautes(voulu)):
            trouvees += 1
            self.stdout.write(faute)
        lu = f"lignes : {compte.lignes}, chaînes : {compte.chaines}, reçus : {registre.lus}"
        if trouvees:
            raise CommandError(f"Journal altéré, anomalies : {trouvees} ({lu}).")
        if voulu is not None and not compte.lignes:
            raise CommandError(f"Le journal ne dit rien du dossier {tape}.")
        self.stdout.write(f"Journal intact ({lu}).")

    def _recu(self, fichier: Path) -> int:
        """How many faults a receipt kept elsewhere shows: none or one."""
        try:
            with fichier.open("rb") as ouvert:
                controle = controler(ouvert.read(TAILLE_MAXIMUM + 1))
        except OSError as erreur:
            raise CommandError(f"{fichier} ne peut pas être lu : {raison(erreur)}.") from erreur
        except (RecuIllisible, RecuInvalide) as refus:
            raise CommandError(f"{fichier.name} n’est pas un reçu valable. {refus}") from refus
        nommee = controle.attestation.journal
        fautes = ancres([nommee])
        for faute in fautes:
            self.stdout.write(str(faute))
        if not fautes:
            self.stdout.write(
                f"La ligne que nomme {fichier.name} est au journal : chaîne {nommee.chaine}, "
                f"ligne {nommee.rang}."
            )
        return len(fautes)
