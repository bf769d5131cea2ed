"""Links to the files of a demande for the system of its desk: signed, for a time, no account."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Piece

#: Each attempt makes new ones; a system that takes up its messages once a day has time.
DUREE = timedelta(days=7)
_SEL = "acheminement.pieces"


class LienRefuse(Exception):
    """The message is French; `trouve` tells one that held once from one that never did."""

    def __init__(self, message: str, *, trouve: bool) -> None:
        super().__init__(message)
        self.trouve = trouve


def adresse_piece(cle: UUID, piece: UUID) -> str:
    """The path of a file for whoever received the handing over of this key."""
    return reverse("api-piece-remise", args=[signing.dumps([cle.hex, piece.hex], salt=_SEL)])


def piece_du_lien(jeton: str) -> Piece:
    """The file that a link gives, if it still may. Raises LienRefuse."""
    try:
        cle, identifiant = signing.loads(jeton, salt=_SEL, max_age=DUREE)
    except signing.SignatureExpired as erreur:
        raise LienRefuse(
            f"Ce lien a plus de {DUREE.days} jours : il ne s’ouvre plus. Demandez une nouvelle "
            "remise de la demande au portail.",
            trouve=True,
        ) from erreur
    except signing.BadSignature as erreur:
        raise LienRefuse("Il n’y a rien à cette adresse.", trouve=False) from erreur
    acheminement = Acheminement.objects.select_related("demande").filter(cle=cle).first()
    if acheminement is None:
        raise LienRefuse("Il n’y a rien à cette adresse.", trouve=False)
    if acheminement.demande.etat == Etat.RETIREE:
        raise LienRefuse("L’entreprise a retiré sa demande : ses pièces sont fermées.", trouve=True)
    if acheminement.rendue_le is not None:
        raise LienRefuse("Cette demande est confiée à un autre guichet.", trouve=True)
    piece = (
        Piece.objects.de_la_demande(acheminement.demande).filter(identifiant=identifiant).first()
    )
    if piece is None:
        raise LienRefuse("L’entreprise a retiré cette pièce.", trouve=True)
    return piece
