"""`manage.py rechercher`: lead the reverse searches that wait, and show how far each is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from dossiers.rapprochement.inverse.actes import LOT, mener, ouvrir
from dossiers.rapprochement.models import RechercheInverse


class Command(BaseCommand):
    help = (
        "Cherche les dossiers dont une publication change l’issue, comme le fait le service de "
        "fond ; ce qui a été interrompu reprend où il s’est arrêté."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lot", type=int, default=LOT, help="dossiers par transaction")
        parser.add_argument("--etat", action="store_true", help="montrer sans rien faire")

    def handle(self, *args: Any, lot: int, etat: bool, **options: Any) -> None:
        if not etat:
            ouvrir()
            for recherche in RechercheInverse.objects.dues(timezone.now()):
                mener(recherche_id=recherche.pk, lot=lot, avancer=self.avancer)
        for recherche in RechercheInverse.objects.with_publication().with_nombres():
            self.stdout.write(self.ligne(recherche))

    def avancer(self, recherche: RechercheInverse) -> None:
        self.stderr.write(
            f"… {recherche.publication} : {recherche.examines} dossiers sur {recherche.total}"
        )

    @staticmethod
    def ligne(recherche: Any) -> str:
        fait = "terminée" if recherche.terminee_le else f"{recherche.pourcentage} %"
        erreur = f" ; {recherche.derniere_erreur}" if recherche.derniere_erreur else ""
        return (
            f"{recherche.publication} : {fait}, {recherche.examines} dossiers examinés, "
            f"{recherche.gagnes} gagnés, {recherche.perdus} perdus, {recherche.autres} autres, "
            f"{recherche.annonces} annoncés{erreur}"
        )
