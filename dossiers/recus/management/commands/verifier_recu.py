"""`manage.py verifier_recu FICHIER`: is this receipt ours, and what does it say?

With --cles it needs neither the database nor the network.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.recus.controle import Controle, controler
from dossiers.recus.format import (
    Attestation,
    CleInvalide,
    ClePublique,
    RecuInvalide,
    cles_publiques,
    verifier,
)
from dossiers.recus.lecture import TAILLE_MAXIMUM, RecuIllisible, est_pdf, jws_de, raison
from portal.socle.json_canonique import empreinte
from portal.socle.json_strict import DocumentInvalide, lire_json

#: Exit status: 1, the receipt proves nothing, or what came with it is another; 2, a file given
#: cannot be read.
INVALIDE, ILLISIBLE = 1, 2


class Command(BaseCommand):
    help = (
        "Vérifie un reçu de dépôt signé, seul ou joint au PDF d’un accusé de réception, et dit ce "
        "qu’il atteste. Avec --cles, sans base de données ni réseau."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path, help="le reçu (.jws) ou l’accusé (.pdf)")
        parser.add_argument(
            "--cles",
            type=Path,
            help="jeu de clés publiques, tel que publié à /.well-known/jwks.json",
        )
        parser.add_argument(
            "--contenu", type=Path, help="contenu déposé (.json), à comparer à son empreinte"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        octets, modifie = _lire(options["fichier"]), False
        try:
            if options["cles"] is None:
                controle = controler(octets)
                attestation, cle, reserves = controle.attestation, controle.cle, _reserves(controle)
                modifie = controle.pdf_emis is False
            else:
                cles = cles_publiques(_json(options["cles"], _lire(options["cles"])))
                attestation, cle = verifier(jws_de(octets), cles)
                reserves = [PDF_NON_COMPARE] if est_pdf(octets) else []
        except (RecuIllisible, CleInvalide) as illisible:
            raise CommandError(str(illisible), returncode=ILLISIBLE) from illisible
        except RecuInvalide as invalide:
            raise CommandError(f"Reçu non valable. {invalide}", returncode=INVALIDE) from invalide
        self.stdout.write("\n".join(["Reçu valable.", *_dit(attestation, cle), *reserves]))
        if options["contenu"] is not None:
            self._comparer(attestation, options["contenu"])
        if modifie:
            raise CommandError(f"{PDF_MODIFIE} {PDF_NON_COMPARE}", returncode=INVALIDE)

    def _comparer(self, attestation: Attestation, fichier: Path) -> None:
        """The bytes are what was hashed; the JSON that they say only tells how they differ."""
        octets = _lire(fichier)
        if hashlib.sha256(octets).hexdigest() != attestation.empreinte:
            meme = empreinte(_json(fichier, octets)) == attestation.empreinte
            raise CommandError(
                f"{fichier.name} {REECRIT if meme else AUTRE_CONTENU}", returncode=INVALIDE
            )
        self.stdout.write(f"{fichier.name} est bien le contenu déposé, octet pour octet.")


REECRIT = (
    "n’est pas le fichier du dépôt. Même contenu, mais le fichier a été réécrit (espaces ou "
    "ordre) : gardez celui que le portail a donné."
)
AUTRE_CONTENU = "n’est pas le contenu déposé : son empreinte est autre."
AU_REGISTRE = "Ce reçu est au registre du portail."
HORS_REGISTRE = (
    "Attention : ce reçu n’est pas au registre du portail. La clé a pu être volée, ou le dossier "
    "effacé depuis."
)
PDF_MODIFIE = "Attention : le PDF n’est pas tel que le portail l’a émis."
PDF_NON_COMPARE = (
    "Le reçu est joint au PDF, il ne le signe pas : seul ce qui est dit ci-dessus est attesté."
)


def _reserves(controle: Controle) -> list[str]:
    """What the database adds to the signature."""
    dites = [AU_REGISTRE if controle.au_registre else HORS_REGISTRE]
    if controle.pdf_emis:
        dites.append("Le PDF est, octet pour octet, celui que le portail a émis.")
    return dites


def _dit(attestation: Attestation, cle: ClePublique) -> list[str]:
    a, retrait = attestation, ""
    if cle.retiree_le is not None:
        retrait = f" (retirée le {cle.retiree_le:%Y-%m-%d}, après ce reçu)"
    return [
        f"  émis par    {a.emetteur}, le {a.emis_le.isoformat()}",
        f"  clé         {cle.kid}{retrait}",
        f"  dossier     {a.dossier}, version {a.version}, déposée le {a.deposee_le.isoformat()}",
        f"  empreinte   {a.empreinte}",
        *(f"  demande     {demande.numero}, {demande}" for demande in a.demandes),
        f"  journal     chaîne {a.journal.chaine}, ligne {a.journal.rang}, {a.journal.empreinte}",
    ]


def _lire(fichier: Path) -> bytes:
    """The file, up to a byte more than is accepted."""
    try:
        with fichier.open("rb") as ouvert:
            return ouvert.read(TAILLE_MAXIMUM + 1)
    except OSError as erreur:
        raise CommandError(
            f"{fichier} ne peut pas être lu : {raison(erreur)}.", returncode=ILLISIBLE
        ) from erreur


def _json(fichier: Path, octets: bytes) -> Any:
    try:
        return lire_json(octets, flottants=True).valeur
    except DocumentInvalide as invalide:
        raise CommandError(f"{fichier} : {invalide}", returncode=ILLISIBLE) from invalide
