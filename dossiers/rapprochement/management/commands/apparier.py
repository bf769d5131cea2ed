"""`manage.py apparier`: facts in a file against the catalogue, or against a file of aides."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aides.criteres.faits import Faits
from aides.criteres.valeurs import FaitsInvalides, ValeurInvalide, lire_date
from aides.echange import lire_catalogue
from aides.models import VersionAide
from dossiers.faits import lire_faits
from dossiers.rapprochement.appariement import apparier
from dossiers.rapprochement.catalogue import composer, versions_lues
from dossiers.rapprochement.presentation import appariement_json
from portal.socle.json_strict import DocumentInvalide, lire_json

#: Exit status when a file given cannot be used; nothing is then printed on the output.
DONNEES_INVALIDES = 2


class Command(BaseCommand):
    help = "Écrit en JSON ce que des faits donnent : issue, montant et preuve de chaque aide."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--faits", type=Path, required=True, help="objet JSON de faits")
        parser.add_argument("--aides", type=Path, help="fichier d’échange (sinon le catalogue)")
        parser.add_argument(
            "--contrefactuels",
            action="store_true",
            help="avec le plus petit changement qui ouvrirait chaque aide",
        )
        parser.add_argument("--le", help="jour de l’évaluation, AAAA-MM-JJ (sinon aujourd’hui)")

    def handle(self, *args: Any, **options: Any) -> None:
        jour = _jour(options["le"])
        faits = _faits(options["faits"], jour)
        fichier: Path | None = options["aides"]
        if fichier is None:
            appariement = apparier(faits, jour)
        else:
            versions = self.versions(fichier)
            codes = {version.aide.code for version in versions}
            appariement = apparier(faits, jour, codes=codes, parmi=composer(versions))
        resultat = appariement_json(
            appariement, faits, preuves=True, contrefactuels=options["contrefactuels"]
        )
        self.stdout.write(json.dumps(resultat, ensure_ascii=False, indent=1))

    def versions(self, fichier: Path) -> list[VersionAide]:
        """The aides of a file as unsaved versions, in its order."""
        try:
            lues = lire_catalogue(_octets(fichier), organismes=False)
        except DocumentInvalide as invalide:
            raise _refus(f"{fichier} :\n{invalide}") from invalide
        return versions_lues(lues)


def _jour(texte: str | None) -> date:
    if texte is None:
        return timezone.localdate()
    try:
        return lire_date(texte)
    except ValeurInvalide as invalide:
        raise _refus(f"--le : {invalide} ; attendu : AAAA-MM-JJ") from invalide


def _faits(fichier: Path, jour: date) -> Faits:
    try:
        document = lire_json(_octets(fichier), flottants=True)
    except DocumentInvalide as invalide:
        raise _refus(f"{fichier} :\n{invalide}") from invalide
    if not isinstance(document.valeur, Mapping):
        raise _refus(f"{fichier} : un objet JSON est attendu, code de fait : valeur")
    try:
        return lire_faits(document.valeur, jour)
    except FaitsInvalides as invalides:
        lignes = [
            str(document.defaut((e.fait,), f"{e.message} ; attendu : {e.attendu}"))
            for e in invalides.erreurs
        ]
        raise _refus(f"{fichier} :\n" + "\n".join(lignes)) from invalides


def _octets(fichier: Path) -> bytes:
    try:
        return fichier.read_bytes()
    except OSError as erreur:
        raise _refus(f"{fichier} : fichier introuvable ou illisible") from erreur


def _refus(message: str) -> CommandError:
    return CommandError(message, returncode=DONNEES_INVALIDES)
