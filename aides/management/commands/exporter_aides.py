"""`manage.py exporter_aides`: the published catalogue, in our format or in the national one."""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aides.echange import document_de, ecrire_catalogue
from aides.echange.national import COLONNES, Inexprimable, lignes_nationales
from aides.models import Aide, VersionAide


class Command(BaseCommand):
    help = "Écrit le catalogue publié : format d’échange, ou schéma national v0.2.0 (CSV)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("json", "national"), default="json")
        parser.add_argument("--sortie", type=Path, help="fichier à écrire (sinon la sortie)")

    def handle(self, *args: Any, sortie: Path | None, **options: Any) -> None:
        ecrire = self.ecrire_json if options["format"] == "json" else self.ecrire_national
        if sortie is None:
            ecrire(options.get("stdout") or sys.stdout)
            return
        try:
            _ecrire_fichier(sortie, ecrire)
        except OSError as erreur:
            raise CommandError(f"{sortie} : {_raison(sortie, erreur)}") from erreur

    def ecrire_json(self, flux: TextIO) -> None:
        flux.writelines(ecrire_catalogue(document_de(version) for version in _versions()))

    def ecrire_national(self, flux: TextIO) -> None:
        ecrivain = csv.DictWriter(flux, COLONNES, lineterminator="\n")
        ecrivain.writeheader()
        closes = 0
        for version, ligne in lignes_nationales(_versions()):
            # The national schema has no status: without a date, a closed aide would look open.
            if version.statut == VersionAide.Statut.CLOSE and version.cloture is None:
                closes += 1
            elif isinstance(ligne, Inexprimable):
                self.stderr.write(f"{version.aide.code} : aide omise, {ligne}")
            else:
                ecrivain.writerow(ligne)
        if closes:
            self.stderr.write(
                f"Aides closes sans date de clôture, que le schéma national ferait passer pour "
                f"ouvertes : {closes} omises"
            )


def _ecrire_fichier(sortie: Path, ecrire: Callable[[TextIO], None]) -> None:
    """Written beside, then renamed: an export that fails leaves the former file whole."""
    if sortie.is_dir():
        raise IsADirectoryError
    partiel = sortie.with_name(f"{sortie.name}.partiel")
    try:
        with partiel.open("w", encoding="utf-8", newline="") as flux:
            ecrire(flux)
        partiel.replace(sortie)
    finally:
        with suppress(OSError):
            partiel.unlink(missing_ok=True)


def _raison(sortie: Path, erreur: OSError) -> str:
    """Why a file cannot be written, in French."""
    if isinstance(erreur, IsADirectoryError):
        return "c’est un dossier ; donnez le nom d’un fichier"
    if not sortie.parent.is_dir():
        return f"le dossier {sortie.parent} n’existe pas"
    if isinstance(erreur, PermissionError):
        return "l’écriture est interdite ici"
    return f"l’écriture a échoué (erreur {erreur.errno} du système)"


def _versions() -> Iterator[VersionAide]:
    for aide in Aide.objects.publiees().with_version().order_by("code"):
        if aide.version is not None:
            yield aide.version
