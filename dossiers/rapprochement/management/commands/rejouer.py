"""`manage.py rejouer`: kept matches evaluated again, compared bit for bit with what was kept."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.rapprochement.models import Rapprochement
from dossiers.rapprochement.rejeu import Rejeu, rejouer

_PAS = 50


class Command(BaseCommand):
    help = (
        "Rejoue des rapprochements gardés, depuis leurs versions et leurs faits : sort avec le "
        "code 1 si l’un d’eux ne redonne pas la même preuve, bit pour bit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rapprochements", nargs="*", type=int, help="leurs clés primaires")
        parser.add_argument("--tous", action="store_true", help="tous ceux qui sont gardés")

    def handle(self, *args: Any, rapprochements: list[int], tous: bool, **options: Any) -> None:
        choisis = Rapprochement.objects.select_related("version_dossier__dossier").order_by("pk")
        if not tous:
            if not rapprochements:
                raise CommandError("Nommez des rapprochements, ou --tous.")
            choisis = choisis.filter(pk__in=rapprochements)
            if manquants := set(rapprochements) - set(choisis.values_list("pk", flat=True)):
                raise CommandError(f"Inconnus : {', '.join(map(str, sorted(manquants)))}")
        total, differents, incomplets, resultats = choisis.count(), 0, 0, 0
        for rang, rapprochement in enumerate(choisis.iterator(chunk_size=_PAS), 1):
            rejeu = rejouer(rapprochement)
            resultats += rejeu.rejoues
            differents += not rejeu.identique
            incomplets += bool(rejeu.absences)
            if not rejeu.identique:
                self.dire(rapprochement, rejeu)
            if rang % _PAS == 0:
                self.stderr.write(f"… {rang} rapprochements sur {total}")
        self.stdout.write(
            f"{total} rapprochements, {resultats} preuves : {total - differents} identiques, "
            f"{differents} différents ; {incomplets} gardés sans tout leur contexte"
        )
        if differents:
            raise CommandError("Des preuves diffèrent.", returncode=1)

    def dire(self, rapprochement: Rapprochement, rejeu: Rejeu) -> None:
        """What differs, and what can explain it."""
        self.stdout.write(f"Rapprochement {rapprochement.pk} ({rapprochement})")
        if rejeu.meme_langage is False:
            self.stdout.write("  le langage des critères a changé depuis")
        if rejeu.absences:
            self.stdout.write(f"  gardé sans {', '.join(rejeu.absences)}")
        for difference in rejeu.differences:
            self.stdout.write(
                f"  {difference.code} {difference.chemin} : gardé {difference.garde}, "
                f"rejoué {difference.rejoue}"
            )
