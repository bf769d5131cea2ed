"""Erasing the content of a dossier: what people wrote and gave goes, what happened stays."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dossiers.depot.effacement import motifs
from dossiers.depot.models import EnvoiApi
from dossiers.models import (
    Complement,
    Demande,
    Document,
    Dossier,
    ElementComplement,
    Message,
    Notification,
    Piece,
    Verification,
)
from dossiers.rapprochement.models import (
    Alerte,
    Changement,
    FaitsDossier,
    Rapprochement,
    Resultat,
)
from portal.socle.journal import consigner

journal = logging.getLogger(__name__)

#: What stands where a text was compulsory.
EFFACE = "Contenu effacé"


class EffacementRefuse(Exception):
    """Something of the dossier is still under way; `motifs` are said in French."""

    def __init__(self, motifs: Iterable[str]) -> None:
        self.motifs = tuple(motifs)
        super().__init__(", ".join(self.motifs))


@dataclass(frozen=True, slots=True)
class Effacement:
    """How much of each thing was erased from a dossier."""

    versions: int
    pieces: int
    documents: int
    messages: int


@transaction.atomic
def effacer_contenu(*, dossier: Dossier) -> Effacement | None:
    """Erase all that a deposited dossier says: facts, matches, texts, pieces and documents.

    Numbers, states, dates, amounts, hashes and the journal stay. The rows are locked before they
    are looked at: nothing begins meanwhile. Files go once it is committed; those that a crash
    leaves have no row any more, and the next `nettoyer_pieces` takes them. None when it was done
    before. Raises EffacementRefuse, and then nothing has changed.
    """
    actuel = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if actuel.efface_le is not None:
        return None
    if actuel.est_brouillon:
        raise EffacementRefuse(["ce dossier n’est pas déposé"])
    demandes = Demande.objects.filter(dossier=actuel)
    list(demandes.select_for_update().order_by("pk").values_list("pk"))
    if obstacles := motifs(actuel):
        raise EffacementRefuse(obstacles)
    fichiers = _fichiers(actuel)
    messages = Message.objects.filter(demande__dossier=actuel).delete()[0]
    pieces = _effacer_pieces(actuel)
    documents = (
        Document.objects.filter(demande__dossier=actuel)
        .exclude(fichier="")
        .update(fichier="", contenu=None)
    )
    _effacer_rapprochements(actuel)
    _effacer_textes(actuel)
    _effacer_annonces(actuel)
    EnvoiApi.objects.filter(dossier=actuel).delete()
    versions = _effacer_versions(actuel)
    Dossier.objects.filter(pk=actuel.pk).update(
        titre=f"Dossier {actuel.numero}", description="", faits={}, efface_le=timezone.now()
    )
    fait = Effacement(versions, pieces, documents, messages)
    consigner(
        verbe="effacer_contenu", objet=actuel, dossier_id=actuel.pk, versions=versions,
        pieces=pieces, documents=documents, messages=messages,
    )  # fmt: skip
    transaction.on_commit(lambda: _supprimer(fichiers), robust=True)
    return fait


def _fichiers(dossier: Dossier) -> list[str]:
    """The names, on the storage, of the pieces and documents of a dossier."""
    pieces = Piece.objects.filter(dossier=dossier).order_by("pk")
    documents = Document.objects.filter(demande__dossier=dossier).order_by("pk")
    noms = [*pieces.values_list("fichier", flat=True), *documents.values_list("fichier", flat=True)]
    return [nom for nom in noms if nom]


def _effacer_pieces(dossier: Dossier) -> int:
    """Each in the journal with its hash, as when a piece is taken back."""
    pieces = list(Piece.objects.filter(dossier=dossier).order_by("pk"))
    for piece in pieces:
        consigner(
            verbe="effacer_piece", objet=piece, dossier_id=dossier.pk, empreinte=piece.empreinte
        )
        piece.delete()
    return len(pieces)


def _effacer_rapprochements(dossier: Dossier) -> None:
    """The matches, the facts laid flat, and what a publication would still tell of them."""
    Resultat.objects.filter(rapprochement__version_dossier__dossier=dossier).delete()
    Rapprochement.objects.filter(version_dossier__dossier=dossier).delete()
    FaitsDossier.objects.filter(dossier=dossier).delete()
    Changement.objects.filter(dossier=dossier).delete()
    Alerte.objects.filter(dossier=dossier).delete()


def _effacer_textes(dossier: Dossier) -> None:
    """What the company and the desks wrote, on rows that stay for their dates and states."""
    Demande.objects.filter(dossier=dossier).update(motif="", file_motif="", motif_orientation="")
    Verification.objects.filter(demande__dossier=dossier).update(commentaire="")
    Complement.objects.filter(demande__dossier=dossier).update(message="")
    ElementComplement.objects.filter(complement__demande__dossier=dossier).update(
        libelle=EFFACE, reponse=""
    )


def _effacer_annonces(dossier: Dossier) -> None:
    """What was told of it, to whoever; a notification of no demande names the page it opens."""
    sans_demande = Q(demande__isnull=True, chemin__contains=str(dossier.identifiant))
    Notification.objects.filter(Q(demande__dossier=dossier) | sans_demande).delete()


def _effacer_versions(dossier: Dossier) -> int:
    """Leave the SIREN and the hashes of the files; that of the version stays beside."""
    versions = list(dossier.versions.order_by("pk"))
    for version in versions:
        entreprise = version.contenu["entreprise"]
        vide: dict[str, Any] = {
            "entreprise": {"siren": entreprise["siren"], "siret": entreprise["siret"], "nom": ""},
            "titre": EFFACE,
            "description": "",
            "faits": {},
            "pieces": version.contenu.get("pieces", []),
        }
        version.contenu = vide
        version.save(update_fields=["contenu"])
    return len(versions)


def _supprimer(noms: list[str]) -> None:
    for nom in noms:
        try:
            default_storage.delete(nom)
        except OSError:
            # It has no row any more: the next cleaning tries again.
            journal.exception("Fichier %s : suppression en échec", nom)
