"""`manage.py verifier_cas`: golden cases against the catalogue, or against files of aides."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aides.criteres.echange import EchangeInvalide
from aides.echange import lire_catalogue
from aides.models import Aide, VersionAide
from aides.noms import Noms
from dossiers.faits import lire_faits
from dossiers.rapprochement.cas import CasInvalides, Faute, Verification, lire_cas, verifier
from dossiers.rapprochement.cas.controle import TITRES
from dossiers.rapprochement.cas.lecture import proche
from dossiers.rapprochement.catalogue import lire_version, versions_lues
from portal.socle.json_strict import DocumentInvalide

#: Exit statuses: a case does not hold; a file cannot be used.
CAS_EN_ECHEC, DONNEES_INVALIDES = 1, 2


class Command(BaseCommand):
    help = "Vérifie que chaque aide répond aux cas de référence ce qui y est écrit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "fichiers", nargs="*", type=Path, metavar="FICHIER",
            help="fichiers ou dossiers de cas (sinon le dossier cas/)",
        )  # fmt: skip
        parser.add_argument(
            "--aides", type=Path, action="append", default=[], metavar="FICHIER",
            help="fichier d’échange à la place du catalogue ; peut se répéter",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        fichiers = _fichiers(options["fichiers"] or [Path(settings.BASE_DIR) / "cas"])
        versions = _du_catalogue() if not options["aides"] else _des_fichiers(options["aides"])
        invalides, echecs, verifies = 0, 0, 0
        for fichier in fichiers:
            try:
                verifications = _verifier(_texte(fichier), versions)
            except (CasInvalides, EchangeInvalide) as invalide:
                self.stderr.write(
                    f"{fichier} : ce fichier ne peut pas servir\n{_retrait(invalide)}"
                )
                invalides += 1
                continue
            verifies += len(verifications)
            rates = [v for v in verifications if v.ecarts]
            echecs += len(rates)
            for verification in rates:
                self.stdout.write(f"{fichier}, ligne {verification.cas.ligne}")
                self.stdout.write(_rapport(verification))
        bilan = f"{verifies} cas vérifié{'s' * (verifies > 1)}, {echecs or 'aucun'} en échec"
        if invalides:
            raise CommandError(
                f"{bilan} ; {invalides} fichier(s) à corriger.", returncode=DONNEES_INVALIDES
            )
        if echecs:
            raise CommandError(f"{bilan}.", returncode=CAS_EN_ECHEC)
        self.stdout.write(f"{bilan}.")


def _rapport(verification: Verification) -> str:
    cas = verification.cas
    lignes = [f"  « {cas.nom} » ({cas.aide}, le {cas.le:%d/%m/%Y})"]
    lignes += [f"    {ecart}" for ecart in verification.ecarts]
    if verification.lignes:
        lignes.append(f"    {TITRES[verification.obtenu]} :")
        lignes += [f"      - {ligne}" for ligne in verification.lignes]
    return "\n".join(lignes)


def _retrait(erreur: Exception) -> str:
    return "\n".join(f"  {ligne}" for ligne in str(erreur).splitlines())


def _fichiers(chemins: list[Path]) -> list[Path]:
    fichiers = [fichier for chemin in chemins for fichier in _sous(chemin)]
    if not fichiers:
        raise _refus("aucun fichier de cas (.toml) ici")
    return fichiers


def _sous(chemin: Path) -> Iterator[Path]:
    yield from sorted(chemin.glob("*.toml")) if chemin.is_dir() else [chemin]


def _texte(fichier: Path) -> str:
    try:
        return fichier.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as erreur:
        raise _refus(f"{fichier} : fichier introuvable, ou qui n’est pas en UTF-8") from erreur


def _du_catalogue() -> dict[str, VersionAide]:
    aides = Aide.objects.publiees().select_related("version__aide")
    return {aide.code: aide.version for aide in aides if aide.version is not None}


def _des_fichiers(fichiers: list[Path]) -> dict[str, VersionAide]:
    versions: dict[str, VersionAide] = {}
    for fichier in fichiers:
        try:
            lues = lire_catalogue(_texte(fichier).encode(), organismes=False)
        except DocumentInvalide as invalide:
            raise _refus(f"{fichier} :\n{invalide}") from invalide
        versions |= {version.aide.code: version for version in versions_lues(lues)}
    return versions


def _verifier(texte: str, versions: Mapping[str, VersionAide]) -> list[Verification]:
    """Every case of a file. Raises CasInvalides or EchangeInvalide."""
    cas = lire_cas(texte, lire_faits)
    inconnues = [c.aide for c in cas if c.aide not in versions]
    if inconnues:
        lignes = enumerate(texte.splitlines(), 1)
        ligne = next(n for n, ligne in lignes if ligne.strip().startswith("aide"))
        message = f"aide inconnue : {inconnues[0]}{proche(inconnues[0], versions)}"
        raise CasInvalides([Faute(ligne, message)])
    noms = Noms.pour(lire_version(versions[code]).criteres for code in {c.aide for c in cas})
    return [verifier(c, versions[c.aide], noms) for c in cas]


def _refus(message: str) -> CommandError:
    return CommandError(message, returncode=DONNEES_INVALIDES)
