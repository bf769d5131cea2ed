"""Until when a company may add a file, and take it back. Who is asking is checked by the actes."""

from __future__ import annotations

from datetime import datetime, timedelta

from dossiers.models import Demande, Dossier, ElementComplement, Piece
from portal.socle.permissions import Permission

MO = 1024 * 1024
TAILLE_MAXIMUM = 20 * MO
NOMBRE_MAXIMUM = 100
TOTAL_MAXIMUM = 300 * MO
#: After the deposit, how long a file added by mistake can be taken back.
DELAI_RETRAIT = timedelta(hours=1)
#: How long a file taken back is kept, so that one can change one's mind.
DELAI_EFFACEMENT = timedelta(days=1)

_OUI = Permission(allowed=True)


def _non(raison: str) -> Permission:
    return Permission(allowed=False, reason=raison)


def ajout(
    dossier: Dossier, demande: Demande | None, element: ElementComplement | None
) -> Permission:
    """Whether a file may be added: to a draft, to an open demande, or to what an officer asks
    for until it is answered.
    """
    if dossier.est_brouillon:
        return _OUI
    if element is not None and not element.complement.est_en_cours:
        return _non("Cette demande de compléments est close : votre réponse est déjà partie.")
    if demande is not None and demande.est_close:
        return _non("Cette demande est close : elle ne reçoit plus de pièce.")
    if all(autre.est_close for autre in dossier.demandes.all()):
        return _non("Toutes les demandes de ce dossier sont closes : il ne reçoit plus de pièce.")
    return _OUI


def retrait(piece: Piece, maintenant: datetime) -> Permission:
    """Whether a file may be taken back, or its type changed, before anyone relies on it.

    What was filed with the dossier stays; what answers an officer can be taken back until the
    answer leaves; the rest within an hour, unless a decision was taken meanwhile.
    """
    depose_le = piece.dossier.depose_le
    if depose_le is None:
        return _OUI
    if piece.deposee_le <= depose_le:
        return _non("Déposée avec le dossier : elle ne peut plus changer.")
    if piece.element is not None:
        if piece.element.complement.est_en_cours:
            return _OUI
        return _non("Envoyée avec votre réponse : elle ne peut plus changer.")
    if maintenant >= piece.deposee_le + DELAI_RETRAIT:
        return _non("Ajoutée il y a plus d’une heure : elle ne peut plus changer.")
    concernees = [piece.demande] if piece.demande else piece.dossier.demandes.all()
    if any(d.decidee_le is not None and d.decidee_le >= piece.deposee_le for d in concernees):
        return _non("Une décision a été prise depuis : elle ne peut plus changer.")
    return _OUI
