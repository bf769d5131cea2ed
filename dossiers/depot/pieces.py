"""The files of a dossier as its company sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from aides.criteres.valeurs import afficher_date
from dossiers.models import Demande, Dossier, Piece
from dossiers.pieces.formats import FORMATS
from dossiers.pieces.regles import DELAI_EFFACEMENT, retrait
from portal.socle.permissions import Permission


@dataclass(frozen=True, slots=True)
class Ligne:
    """One file, and whether it can still be taken back or given another type."""

    piece: Piece
    modifiable: Permission

    @property
    def detail(self) -> str:
        """When and by whom: "ajoutée le 22 novembre 2026 par Personne fictive"."""
        jour = afficher_date(timezone.localdate(self.piece.deposee_le))
        qui = self.piece.deposee_par
        return f"ajoutée le {jour}" + (f" par {qui.get_full_name()}" if qui else "")

    @property
    def format(self) -> str:
        return FORMATS[self.piece.type_mime].libelle

    @property
    def effacee_le(self) -> datetime | None:
        """Until when a file taken back can be put back."""
        retiree = self.piece.retiree_le
        return retiree + DELAI_EFFACEMENT if retiree else None


@dataclass(frozen=True, slots=True)
class Groupe:
    """The files that go together: with every demande (`demande` is None), or with one."""

    demande: Demande | None
    lignes: list[Ligne]

    @property
    def cle(self) -> str:
        """Names the group in the page."""
        return f"demande-{self.demande.pk}" if self.demande else "dossier"


def lignes(pieces: QuerySet[Piece]) -> list[Ligne]:
    """These files in their order, in two queries whatever their number."""
    maintenant = timezone.now()
    chargees = pieces.select_related(
        "dossier", "demande", "element__complement", "deposee_par"
    ).prefetch_related("dossier__demandes")
    return [Ligne(piece, retrait(piece, maintenant)) for piece in chargees]


def groupes(dossier: Dossier, demandes: Iterable[Demande]) -> list[Groupe]:
    """Every file of the dossier, those taken back too; first what goes with every demande."""
    par_demande: dict[int | None, list[Ligne]] = {None: []}
    for ligne in lignes(dossier.pieces.all()):
        par_demande.setdefault(ligne.piece.demande_id, []).append(ligne)
    propres = [Groupe(d, par_demande[d.pk]) for d in demandes if d.pk in par_demande]
    return [Groupe(None, par_demande[None]), *propres]
