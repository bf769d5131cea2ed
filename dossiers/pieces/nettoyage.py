"""What the storage no longer has to keep: files taken back, files without a row, and documents
whose content was erased.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from dossiers.models import Document, Piece
from dossiers.models.document import DOSSIER_DE_STOCKAGE as DOSSIER_DES_DOCUMENTS
from dossiers.models.piece import DOSSIER_DE_STOCKAGE
from dossiers.pieces.regles import DELAI_EFFACEMENT
from portal.socle.journal import consigner

_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Younger files may belong to a transaction under way.
AGE_ORPHELIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Nettoyage:
    """How many rows, then files, were erased."""

    retirees: int
    fichiers: int


def nettoyer() -> Nettoyage:
    """Erase the files taken back a day ago, the pieces that no row names (a crash between the
    file and its row), and what an erased document left. Safe to run at any time, and twice.
    """
    retirees, avant = _effacer_retirees(), timezone.now() - AGE_ORPHELIN
    return Nettoyage(
        retirees,
        _effacer_fichiers(DOSSIER_DE_STOCKAGE, _orphelins, avant)
        + _effacer_fichiers(DOSSIER_DES_DOCUMENTS, _documents_effaces, avant),
    )


@transaction.atomic
def _effacer_retirees() -> int:
    limite = timezone.now() - DELAI_EFFACEMENT
    verrouillees = Piece.objects.select_for_update(skip_locked=True)
    # Chains of the journal are locked in one order by all who write several.
    dues = list(verrouillees.filter(retiree_le__lt=limite).order_by("dossier_id", "pk"))
    for piece in dues:
        consigner(
            verbe="effacer_piece", objet=piece, dossier_id=piece.dossier_id,
            empreinte=piece.empreinte,
        )  # fmt: skip
        # Its file has become an orphan, older than a day: it goes next.
        piece.delete()
    return len(dues)


def _effacer_fichiers(
    racine: str, inutiles: Callable[[list[str]], set[str]], avant: datetime
) -> int:
    effaces = 0
    for dossier in _dossiers(racine):
        noms = [f"{dossier}/{nom}" for nom in default_storage.listdir(dossier)[1]]
        for nom in sorted(inutiles(noms)):
            if default_storage.get_modified_time(nom) < avant:
                default_storage.delete(nom)
                effaces += 1
    return effaces


def _orphelins(noms: list[str]) -> set[str]:
    """The pieces among these files that no row names."""
    pieces = Piece.objects.filter(fichier__in=noms).order_by()
    return set(noms) - set(pieces.values_list("fichier", flat=True))


def _documents_effaces(noms: list[str]) -> set[str]:
    """The documents among these files of which the row says that they were erased; of others,
    nothing is known here.
    """
    ecrits = {PurePosixPath(nom).stem: nom for nom in noms}
    identifiants = [stem for stem in ecrits if _UUID.fullmatch(stem)]
    effaces = Document.objects.filter(
        identifiant__in=identifiants, fichier="", produit_le__isnull=False
    ).order_by()
    return {ecrits[str(lu)] for lu in effaces.values_list("identifiant", flat=True)}


def _dossiers(racine: str) -> Iterator[str]:
    if default_storage.exists(racine):
        for sous_dossier in default_storage.listdir(racine)[0]:
            yield f"{racine}/{sous_dossier}"
