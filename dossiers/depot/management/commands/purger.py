"""`manage.py purger`: erase the content of dossiers that are over."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dossiers.depot.actes.effacement import EffacementRefuse, effacer_contenu
from dossiers.depot.effacement import (
    clos_avant,
    deposes_avant,
    effacables,
    empeches,
    motifs,
)
from dossiers.models import Dossier
from dossiers.templatetags.portail import date_longue


class Command(BaseCommand):
    help = (
        "Efface le contenu personnel (réponses, textes, pièces, documents, rapprochements) des "
        "dossiers dont toutes les demandes sont closes depuis avant une date que vous donnez : "
        "le portail n’en suppose aucune. Numéros, états, dates, montants, empreintes et journal "
        "restent. Un dossier dont quelque chose est encore en cours est refusé et nommé."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        choix = parser.add_mutually_exclusive_group(required=True)
        choix.add_argument(
            "--avant", type=_jour, metavar="AAAA-MM-JJ",
            help="les dossiers clos avant ce jour, au plus tard celui d’aujourd’hui",
        )  # fmt: skip
        choix.add_argument("--dossier", metavar="NUMÉRO", help="ce dossier seulement")
        parser.add_argument(
            "--essai", action="store_true", help="dire ce qui serait fait, sans rien effacer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dossier"]:
            a_faire, refuses = self._un_dossier(options["dossier"])
        else:
            a_faire, refuses = self._avant(options["avant"])
        effaces = 0
        for pk in a_faire:
            effaces += self._effacer(Dossier.objects.get(pk=pk), refuses, essai=options["essai"])
        self._conclure(effaces, refuses, essai=options["essai"])

    def _avant(self, jour: date) -> tuple[list[int], dict[str, list[str]]]:
        """The dossiers to erase, and those deposited before that day that cannot be, with why."""
        a_faire = clos_avant(effacables(), jour).values_list("pk", flat=True)
        retenus = deposes_avant(empeches(), jour)
        return list(a_faire), {dossier.numero: motifs(dossier) for dossier in retenus.iterator()}

    def _un_dossier(self, numero: str) -> tuple[list[int], dict[str, list[str]]]:
        lu = re.fullmatch(r"(?:DU-\d{4}-)?0*(\d{1,18})", numero.strip())
        dossier = Dossier.objects.deposes().filter(pk=int(lu[1])).first() if lu else None
        if dossier is None or (numero.startswith("DU-") and numero.strip() != dossier.numero):
            raise CommandError(f"Aucun dossier déposé n’a le numéro {numero}.")
        if dossier.efface_le is not None:
            le = date_longue(dossier.efface_le)
            self.stdout.write(f"{dossier.numero} : contenu déjà effacé le {le}.")
            return [], {}
        return [dossier.pk], {}

    def _effacer(self, dossier: Dossier, refuses: dict[str, list[str]], *, essai: bool) -> bool:
        """Erase one dossier, in a transaction of its own; its refusal joins the others."""
        try:
            if essai:
                if obstacles := motifs(dossier):
                    raise EffacementRefuse(obstacles)
                self.stdout.write(f"{dossier.numero} : serait effacé")
                return True
            fait = effacer_contenu(dossier=dossier)
        except EffacementRefuse as refus:
            refuses[dossier.numero] = list(refus.motifs)
            return False
        if fait is None:
            return False
        self.stdout.write(
            f"{dossier.numero} : effacé ({fait.versions} version{_s(fait.versions)}, "
            f"{fait.pieces} pièce{_s(fait.pieces)}, {fait.documents} document{_s(fait.documents)}, "
            f"{fait.messages} message{_s(fait.messages)})"
        )
        return True

    def _conclure(self, effaces: int, refuses: dict[str, list[str]], *, essai: bool) -> None:
        verbe = "à effacer" if essai else f"effacé{_s(effaces)}"
        self.stdout.write(f"{effaces} dossier{_s(effaces)} {verbe}.")
        if refuses:
            lignes = [f"  {numero} : {', '.join(pourquoi)}" for numero, pourquoi in refuses.items()]
            s = _s(len(refuses))
            raise CommandError(
                "\n".join(
                    [f"{len(refuses)} dossier{s} refusé{s}, laissé{s} tel{s} quel{s} :", *lignes]
                )
            )


def _jour(texte: str) -> date:
    try:
        jour = date.fromisoformat(texte)
    except ValueError as erreur:
        raise ArgumentTypeError(f"{texte} n’est pas une date AAAA-MM-JJ") from erreur
    aujourdhui = timezone.localdate()
    if jour > aujourdhui:
        raise ArgumentTypeError(
            f"{texte} est à venir, et rien n’est effacé. Donnez au plus la date du jour, "
            f"{aujourdhui.isoformat()} : partent alors les dossiers clos hier ou avant"
        )
    return jour


def _s(nombre: int) -> str:
    return "s" if nombre > 1 else ""
