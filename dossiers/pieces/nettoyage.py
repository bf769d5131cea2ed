"""What the storage no longer has to keep: files taken back, and files without a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from dossiers.models import Piece
from dossiers.models.piece import DOSSIER_DE_STOCKAGE
from dossiers.pieces.regles import DELAI_EFFACEMENT
from portal.socle.journal import consigner

#: Younger files may belong to a transaction under way.
AGE_ORPHELIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Nettoyage:
    """How many rows, then files, were erased."""

    retirees: int
    fichiers: int


def nettoyer() -> Nettoyage:
    """Erase the files taken back a day ago, and those that no row names (a crash between the
    file and its row). Safe to run at any time, and twice.
    """
    retirees = _effacer_retirees()
    return Nettoyage(retirees, _effacer_orphelins(timezone.now() - AGE_ORPHELIN))


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


def _effacer_orphelins(avant: datetime) -> int:
    effaces = 0
    for dossier in _dossiers():
        noms = [f"{dossier}/{nom}" for nom in default_storage.listdir(dossier)[1]]
        connus = set(
            Piece.objects.filter(fichier__in=noms).order_by().values_list("fichier", flat=True)
        )
        for nom in sorted(set(noms) - connus):
            if default_storage.get_modified_time(nom) < avant:
                default_storage.delete(nom)
                effaces += 1
    return effaces


def _dossiers() -> Iterator[str]:
    if default_storage.exists(DOSSIER_DE_STOCKAGE):
        for sous_dossier in default_storage.listdir(DOSSIER_DE_STOCKAGE)[0]:
            yield f"{DOSSIER_DE_STOCKAGE}/{sous_dossier}"
