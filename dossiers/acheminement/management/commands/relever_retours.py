"""`manage.py relever_retours`: read the e-mails that came back."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from dossiers.acheminement.actes.retours import Effet, enregistrer_retour
from dossiers.acheminement.courriels.avis import MAXIMUM, AvisIllisible, lire

#: When a message could not be read; 1 is for a file or a folder that cannot be opened.
SORTIE_ILLISIBLES = 2
ILLISIBLE, AUTRE = "illisible", "autre"
LIBELLES = {
    Effet.ECARTEE: "remises démenties, mises de côté",
    Effet.MESSAGE_REVENU: "courriels à une personne, revenus",
    Effet.RETARDEE: "en retard, notés",
    Effet.SANS_EFFET: "sans effet (déjà connus, dépassés, ou demande déjà reçue)",
    Effet.INCONNU: "d’un courriel qui n’est pas de nous",
    AUTRE: "autres messages, qui ne sont pas des avis de non-remise",
    ILLISIBLE: "illisibles",
}


class Command(BaseCommand):
    """One message from a file or standard input, or all the new ones of a Maildir."""

    help = (
        "Lit des avis de non-remise (RFC 3464) : FICHIER, « - » pour l’entrée standard, ou les "
        "nouveaux messages d’un dossier Maildir. Sortie 0 : tout est lu ; 1 : fichier ou dossier "
        "inaccessible ; 2 : des messages sont illisibles."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        sources = parser.add_mutually_exclusive_group(required=True)
        sources.add_argument("fichier", nargs="?", metavar="FICHIER|-")
        sources.add_argument("--maildir", type=Path, metavar="DOSSIER")

    def handle(self, *args: Any, **options: Any) -> None:
        self.comptes: Counter[str] = Counter()
        try:
            if options["maildir"]:
                self._maildir(options["maildir"])
            elif options["fichier"] == "-":
                self._traiter("entrée standard", sys.stdin.buffer)
            else:
                with Path(options["fichier"]).open("rb") as flux:
                    self._traiter(options["fichier"], flux)
        except OSError as erreur:
            raise CommandError(f"Lecture impossible : {erreur}") from erreur
        self._dire()
        if self.comptes[ILLISIBLE]:
            sys.exit(SORTIE_ILLISIBLES)

    def _maildir(self, dossier: Path) -> None:
        """What is read goes from new/ to cur/, flagged (F) when nothing could be read in it."""
        (dossier / "cur").mkdir(exist_ok=True)
        for chemin in sorted((dossier / "new").iterdir()):
            with chemin.open("rb") as flux:
                lu = self._traiter(chemin.name, flux)
            # Once it is committed: a failure before leaves it to be read again.
            chemin.rename(dossier / "cur" / f"{chemin.name}:2,{'S' if lu else 'F'}")

    def _traiter(self, nom: str, flux: BinaryIO) -> bool:
        """Count one message; False when it cannot be read."""
        try:
            avis = lire(flux.read(MAXIMUM + 1))
        except AvisIllisible as erreur:
            self.comptes[ILLISIBLE] += 1
            self.stderr.write(f"{nom} : {erreur}")
            return False
        self.comptes[enregistrer_retour(avis=avis) if avis else AUTRE] += 1
        return True

    def _dire(self) -> None:
        total = self.comptes.total()
        self.stdout.write(f"{total} message{'s' if total > 1 else ''} lu{'s' if total > 1 else ''}")
        for cle, libelle in LIBELLES.items():
            if self.comptes[cle]:
                self.stdout.write(f"  {self.comptes[cle]} {libelle}")
