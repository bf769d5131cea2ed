"""Several files at once: the good ones are kept, each of the others says why it is not."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.files import File

from dossiers.models import Demande, Dossier, ElementComplement
from dossiers.pieces.actes import TROP_LOURDE, Ajout, PieceRefusee, ajouter_piece
from dossiers.pieces.noms import SANS_NOM, nom_propre
from portal.comptes.models import User

journal = logging.getLogger(__name__)

PANNE = "Ce fichier n’a pas pu être enregistré : c’est une panne chez nous. Réessayez plus tard."


@dataclass(frozen=True, slots=True)
class Refus:
    """A file that was not kept, and why (French)."""

    nom: str
    message: str


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of each file."""

    ajouts: list[Ajout] = field(default_factory=list)
    refus: list[Refus] = field(default_factory=list)


def recevoir(
    fichiers: Iterable[File[bytes]],
    *,
    dossier: Dossier,
    par: User,
    demande: Demande | None = None,
    element: ElementComplement | None = None,
    trop_lourds: Iterable[str] = (),
) -> Reception:
    """Keep each file by itself. `trop_lourds` are the names of those that the upload already
    dropped (`televersement.trop_lourds`).
    """
    reception = Reception(refus=[Refus(_nom(nom), TROP_LOURDE) for nom in trop_lourds])
    for fichier in fichiers:
        try:
            reception.ajouts.append(
                ajouter_piece(
                    dossier=dossier, fichier=fichier, par=par, demande=demande, element=element
                )
            )
        except PieceRefusee as refus:
            reception.refus.append(Refus(_nom(fichier.name), str(refus)))
        except OSError:
            journal.exception("Dossier %s : une pièce n’a pas pu être écrite", dossier.pk)
            reception.refus.append(Refus(_nom(fichier.name), PANNE))
    return reception


def _nom(brut: str | None) -> str:
    return nom_propre(brut or "") or SANS_NOM
