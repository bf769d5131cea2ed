"""Deposits sent by a program: once, whatever the number of times they are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from dossiers.depot.actes.brouillon import FaitsRefuses, creer_dossier, declarer
from dossiers.depot.actes.depot import deposer
from dossiers.depot.models import EnvoiApi
from dossiers.depot.representation import depots_json
from dossiers.faits import lire_faits
from dossiers.models import Dossier, Entreprise
from dossiers.pieces.actes import PieceRefusee, ajouter_piece
from portal.comptes.models import User
from portal.socle.journal import consigner


class EnvoiEnCours(Exception):
    """The same key is being answered at this very moment."""


class CleReutilisee(Exception):
    """The key was used for another content."""


class EtablissementInconnu(Exception):
    """The account is no member of a company of this SIRET, or there is none."""


@dataclass(frozen=True, slots=True)
class Jointe:
    """A file sent with a deposit. Without a `type_piece` (`Piece.Type`), its name suggests it."""

    type_piece: str
    fichier: File[bytes]


class PiecesRefusees(Exception):
    """Files that are not taken, each with why (French); nothing is filed then."""

    def __init__(self, refus: list[tuple[Jointe, str]]) -> None:
        super().__init__(f"{len(refus)} pièces refusées")
        self.refus = refus


@dataclass(frozen=True, slots=True)
class Contenu:
    """What a program files; `faits` are exchanged JSON by code, `aides` are codes, or None for
    every aide that these facts open.
    """

    siret: str
    titre: str
    description: str
    faits: Mapping[str, object]
    aides: Collection[str] | None
    pieces: tuple[Jointe, ...] = ()


@dataclass(frozen=True, slots=True)
class Resultat:
    """A deposit, and whether it was made by an earlier request of the same key."""

    envoi: EnvoiApi
    rejoue: bool


@transaction.atomic
def deposer_par_api(
    *, cle: str, empreinte: str, contenu: Contenu, par: User, client: int | None = None
) -> Resultat:
    """Create a dossier and deposit it, once for each key of the account `par`.

    `empreinte` is the SHA-256 of what was sent, `client` the primary key of the program that
    sent it. Everything is in one transaction, the key included: nothing stays of a request that
    is refused or cut short, and its key can be used again. Raises EnvoiEnCours, CleReutilisee,
    EtablissementInconnu, FaitsInvalides, FaitsRefuses, PiecesRefusees, DepotImpossible.
    """
    _reserver(par, cle)
    connu = EnvoiApi.objects.filter(compte=par, cle=cle).first()
    if connu is not None:
        if connu.empreinte != empreinte:
            raise CleReutilisee
        if not Dossier.objects.visibles_par(par).filter(pk=connu.dossier_id).exists():
            raise EtablissementInconnu
        return Resultat(connu, rejoue=True)
    dossier = _deposer(contenu, par)
    (reponse,) = depots_json([dossier])
    envoi = EnvoiApi.objects.create(
        compte=par, cle=cle, empreinte=empreinte, dossier=dossier, reponse=reponse
    )
    consigner(
        verbe="recevoir_par_api", objet=envoi, acteur=par, dossier_id=dossier.pk, client=client
    )
    return Resultat(envoi, rejoue=False)


def _reserver(par: User, cle: str) -> None:
    """Hold the key until the end of the transaction, however it ends. Raises EnvoiEnCours.

    A lock of PostgreSQL rather than a row: it cannot outlive the process that holds it.
    """
    resume = hashlib.sha256(f"depots/{par.pk}/{cle}".encode()).digest()[:8]
    numero = int.from_bytes(resume, signed=True)
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_xact_lock(%s)", [numero])
        if curseur.fetchone() != (True,):
            raise EnvoiEnCours


def _deposer(contenu: Contenu, par: User) -> Dossier:
    entreprise = Entreprise.objects.visibles_par(par).filter(siret=contenu.siret).first()
    if entreprise is None:
        raise EtablissementInconnu
    lire_faits(contenu.faits, timezone.localdate())
    if contenu.faits.get("commune_projet") is None:
        raise FaitsRefuses(
            {"commune_projet": "Elle désigne les guichets compétents : sans elle, rien à déposer."}
        )
    # Nothing is carried over: what is filed is what was sent.
    dossier = creer_dossier(
        entreprise=entreprise,
        titre=contenu.titre,
        description=contenu.description,
        par=par,
        reprendre=False,
    )
    declarer(dossier=dossier, reponses=contenu.faits, aides=contenu.aides or (), par=par)
    ecrites: list[str] = []
    try:
        _joindre(dossier, contenu.pieces, par, ecrites)
        deposer(dossier=dossier, codes=contenu.aides, par=par)
    except BaseException:
        # The rows go with the transaction, the files do not.
        for chemin in ecrites:
            default_storage.delete(chemin)
        raise
    dossier.refresh_from_db()
    return dossier


def _joindre(dossier: Dossier, pieces: Iterable[Jointe], par: User, ecrites: list[str]) -> None:
    """Keep these files, of which the paths are added to `ecrites`. Raises PiecesRefusees."""
    refus = []
    for jointe in pieces:
        try:
            ajout = ajouter_piece(
                dossier=dossier, fichier=jointe.fichier, par=par, type_piece=jointe.type_piece
            )
        except PieceRefusee as refusee:
            refus.append((jointe, str(refusee)))
        else:
            ecrites.append(str(ajout.piece.fichier.name))
    if refus:
        raise PiecesRefusees(refus)
