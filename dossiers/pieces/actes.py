"""Adding a file, taking it back, saying what it is: keyword-only, atomic, journalled."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from dossiers.models import Demande, Dossier, ElementComplement, Entreprise, Piece
from dossiers.models.piece import chemin_de_stockage
from dossiers.pieces import formats, noms, regles
from portal.comptes.models import User
from portal.socle.journal import consigner
from portal.socle.permissions import Permission


class PieceRefusee(Exception):
    """A file that is not taken, or an act that is too late; the message is French, for people."""


@dataclass(frozen=True, slots=True)
class Ajout:
    """What became of a file: `nouvelle` is False when it was already there, and `remarque` says
    what its owner should know (a name corrected, a password).
    """

    piece: Piece
    nouvelle: bool
    remarque: str = ""


def ajouter_piece(
    *,
    dossier: Dossier,
    fichier: File[bytes],
    par: User,
    type_piece: str = "",
    demande: Demande | None = None,
    element: ElementComplement | None = None,
) -> Ajout:
    """Keep a file of a dossier: for all its demandes, for one, or for what an officer asks.

    Without a `type_piece` (`Piece.Type`), it is what the officer asks for, else what the name
    suggests. The same file in the same place is kept once. Raises PieceRefusee (format, size,
    too late) and PermissionDenied to whoever is not of the company; nothing is left then,
    neither row nor file.
    """
    if element is not None:
        demande = element.complement.demande
    piece, remarque = _examiner(fichier, type_piece or (element.type_piece if element else ""))
    piece.dossier, piece.demande, piece.element, piece.deposee_par = dossier, demande, element, par
    try:
        with transaction.atomic():
            return _inscrire(piece, fichier, remarque, par)
    except BaseException:
        default_storage.delete(chemin_de_stockage(piece, ""))
        raise


def _examiner(fichier: File[bytes], type_piece: str) -> tuple[Piece, str]:
    """The row of this file, not saved, and what its owner should know. Raises PieceRefusee."""
    if fichier.size > regles.TAILLE_MAXIMUM:
        raise PieceRefusee(TROP_LOURDE)
    nom = noms.nom_propre(fichier.name or "")
    contenu: Any = fichier
    try:
        reconnu = formats.reconnaitre(contenu, noms.extension(nom))
    except formats.FormatRefuse as refus:
        raise PieceRefusee(str(refus)) from refus
    corrige = noms.nom_corrige(nom, reconnu)
    type_piece = type_piece or noms.type_suggere(nom)
    if type_piece not in Piece.Type.values:
        raise PieceRefusee("Choisissez le type de la pièce dans la liste.")
    empreinte = hashlib.sha256()
    for morceau in fichier.chunks():
        empreinte.update(morceau)
    piece = Piece(
        type=type_piece,
        nom=corrige,
        taille=fichier.size,
        type_mime=reconnu.mime,
        empreinte=empreinte.hexdigest(),
    )
    return piece, _remarque(fichier, nom, piece, reconnu)


TROP_LOURDE = (
    "Ce fichier dépasse 20 Mo. Réduisez-le (numérisez en noir et blanc, ou à 150 points par "
    "pouce), ou ajoutez-le en plusieurs fichiers."
)


def _remarque(fichier: Any, nom: str, piece: Piece, reconnu: formats.Format) -> str:
    if reconnu is formats.PDF and formats.est_chiffre(fichier):
        return (
            "Ce PDF est protégé. S’il demande un mot de passe pour s’ouvrir, le guichet ne pourra "
            "pas le lire : remplacez-le par une copie sans mot de passe."
        )
    if noms.extension(nom) not in reconnu.extensions:
        return f"Son contenu est : {reconnu.libelle}. Il est donc nommé « {piece.nom} »."
    return ""


def _inscrire(piece: Piece, fichier: File[bytes], remarque: str, par: User) -> Ajout:
    """Store the file and its row, on the locked dossier."""
    dossier = _verrouiller(piece.dossier, par)
    if piece.demande is not None and piece.demande.dossier_id != dossier.pk:
        raise PermissionDenied("Cette demande n’est pas de ce dossier.")
    _exiger(regles.ajout(dossier, piece.demande, piece.element))
    gardees = Piece.objects.gardees().filter(dossier=dossier)
    deja = gardees.filter(
        demande=piece.demande, element=piece.element, empreinte=piece.empreinte
    ).first()
    if deja is not None:
        return Ajout(deja, False, f"Ce fichier est déjà là, sous le nom « {deja.nom} ».")
    if gardees.count() >= regles.NOMBRE_MAXIMUM:
        raise PieceRefusee(
            f"Ce dossier a déjà {regles.NOMBRE_MAXIMUM} pièces, le maximum : "
            "réunissez plusieurs documents en un seul PDF."
        )
    # Those taken back count until they are erased.
    total = dossier.pieces.aggregate(total=Sum("taille"))["total"] or 0
    if total + piece.taille > regles.TOTAL_MAXIMUM:
        raise PieceRefusee(
            f"Les pièces de ce dossier dépasseraient {regles.TOTAL_MAXIMUM // regles.MO} Mo en "
            "tout (celles que vous avez retirées comptent encore un jour)."
        )
    piece.dossier = dossier
    piece.fichier.save(piece.nom, fichier, save=False)
    piece.save(force_insert=True)
    _suivre(piece, "ajouter_piece", par, empreinte=piece.empreinte, taille=piece.taille)
    return Ajout(piece, True, remarque)


@transaction.atomic
def retirer_piece(*, piece: Piece, par: User) -> Piece:
    """Take a file back; it can be put back for a day, then it is erased. Idempotent.

    Raises PieceRefusee once somebody may rely on it, PermissionDenied.
    """
    actuelle = _actuelle(piece, par)
    if actuelle.retiree_le is None:
        _exiger(regles.retrait(actuelle, timezone.now()))
        actuelle.retiree_le = timezone.now()
        actuelle.save(update_fields=["retiree_le"])
        _suivre(actuelle, "retirer_piece", par, empreinte=actuelle.empreinte)
    return actuelle


@transaction.atomic
def remettre_piece(*, piece: Piece, par: User) -> Piece:
    """Put back a file that was taken back: it counts as given now. Idempotent.

    Raises PieceRefusee when it would be too late to add it, or when it was added again.
    """
    actuelle = _actuelle(piece, par)
    if actuelle.retiree_le is None:
        return actuelle
    _exiger(regles.ajout(actuelle.dossier, actuelle.demande, actuelle.element))
    gardees = Piece.objects.gardees().filter(dossier=actuelle.dossier)
    if gardees.filter(
        demande=actuelle.demande, element=actuelle.element, empreinte=actuelle.empreinte
    ).exists():
        raise PieceRefusee("Ce fichier a été ajouté de nouveau depuis : il est déjà là.")
    if gardees.count() >= regles.NOMBRE_MAXIMUM:
        raise PieceRefusee(f"Ce dossier a déjà {regles.NOMBRE_MAXIMUM} pièces, le maximum.")
    actuelle.retiree_le = None
    actuelle.deposee_le, actuelle.deposee_par = timezone.now(), par
    actuelle.save(update_fields=["retiree_le", "deposee_le", "deposee_par"])
    _suivre(actuelle, "remettre_piece", par, empreinte=actuelle.empreinte)
    return actuelle


@transaction.atomic
def typer_piece(*, piece: Piece, type_piece: str, par: User) -> Piece:
    """Say what a file is (`Piece.Type`). Raises PieceRefusee, PermissionDenied."""
    if type_piece not in Piece.Type.values:
        raise PieceRefusee("Choisissez le type de la pièce dans la liste.")
    actuelle = _actuelle(piece, par)
    if actuelle.type != type_piece:
        _exiger(regles.retrait(actuelle, timezone.now()))
        actuelle.type = type_piece
        actuelle.save(update_fields=["type"])
        _suivre(actuelle, "typer_piece", par)
    return actuelle


def _verrouiller(dossier: Dossier, par: User) -> Dossier:
    """The dossier, locked until the end of the transaction: a deposit waits for its files."""
    if not Entreprise.objects.visibles_par(par).filter(pk=dossier.entreprise_id).exists():
        raise PermissionDenied("Seul un membre de l’entreprise peut changer ses pièces.")
    return Dossier.objects.select_for_update().get(pk=dossier.pk)


def _actuelle(piece: Piece, par: User) -> Piece:
    dossier = _verrouiller(piece.dossier, par)
    pieces = Piece.objects.select_for_update(of=("self",)).filter(pk=piece.pk)
    actuelle = pieces.select_related("demande", "element__complement").first()
    if actuelle is None:
        raise PieceRefusee("Cette pièce, retirée il y a plus d’un jour, est effacée.")
    actuelle.dossier = dossier
    return actuelle


def _exiger(permission: Permission) -> None:
    if not permission:
        raise PieceRefusee(permission.reason)


def _suivre(piece: Piece, verbe: str, par: User, **donnees: object) -> None:
    """Journal the act; whoever rereads a draft before filing it must see its files."""
    dossier = piece.dossier
    if dossier.est_brouillon:
        dossier.revision += 1
        dossier.save(update_fields=["revision", "modifie_le"])
    consigner(
        verbe=verbe, objet=piece, acteur=par, dossier_id=dossier.pk,
        type=piece.type, demande=piece.demande_id, element=piece.element_id, **donnees,
    )  # fmt: skip
