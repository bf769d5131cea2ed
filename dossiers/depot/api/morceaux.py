"""A deposit with its files: `multipart/form-data`, the document in one part, each file in one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import IO, Any

from django.core.files import File
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.request import Request

from dossiers.depot.actes.envois import Jointe, PiecesRefusees
from dossiers.depot.api.cles import empreinte_de
from dossiers.depot.api.lecture import LecteurDepot
from dossiers.models import Piece
from dossiers.pieces.actes import TROP_LOURDE
from dossiers.pieces.formats import ACCEPTES
from dossiers.pieces.regles import MO, TAILLE_MAXIMUM
from dossiers.pieces.televersement import ENVOI_MAXIMUM, trop_lourds

#: The part that holds the document.
DOCUMENT = "depot"
#: The part of a file whose type is what its name suggests; the others are named by their type.
SANS_TYPE = "piece"
CHAMPS = (SANS_TYPE, *Piece.Type.values)
SCHEMA = {
    "type": "object",
    "required": [DOCUMENT],
    "additionalProperties": False,
    "properties": {
        DOCUMENT: {
            "type": "string",
            "contentMediaType": "application/json",
            "description": "Le document que l’on enverrait seul",
        },
        **{
            champ: {
                "type": "array",
                "items": {"type": "string", "format": "binary"},
                "description": libelle,
            }
            for champ, libelle in ((SANS_TYPE, "Pièces, leur type d’après leur nom"),
                                   *Piece.Type.choices)
        },
    },
}  # fmt: skip
DESCRIPTION = (
    f"Avec des pièces : multipart/form-data, le document dans la partie « {DOCUMENT} », chaque "
    f"fichier dans une partie nommée par son type, ou « {SANS_TYPE} ». {ACCEPTES} ; "
    f"{TAILLE_MAXIMUM // MO} Mo par fichier, {ENVOI_MAXIMUM // MO} Mo en tout. Tout est déposé, "
    "ou rien : une pièce refusée (400) refuse le dépôt."
)


class LecteurMorceaux(MultiPartParser):
    """As DRF reads it, its refusal in French."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as illisible:
            raise ParseError(
                "Le corps multipart/form-data ne peut pas être lu : vérifiez ses séparateurs."
            ) from illisible


def lire_envoi(request: Request) -> tuple[Any, list[Jointe]]:
    """The document that was sent, and its files. Raises ValidationError."""
    lues = request.data
    if not isinstance(lues, MultiValueDict):
        return lues, []
    fichiers: MultiValueDict[str, File[bytes]] = request.FILES
    _refuser_les_parties(request, lues, fichiers)
    jointes = [
        Jointe("" if champ == SANS_TYPE else champ, fichier)
        for champ in CHAMPS
        for fichier in fichiers.getlist(champ)
    ]
    return _document(lues.getlist(DOCUMENT)), jointes


def empreinte_envoi(document: Any, jointes: Sequence[Jointe]) -> str:
    """SHA-256 of all that was sent, whatever the order of its keys, blanks and parts."""
    if not jointes:
        return empreinte_de(document)
    pieces = sorted([j.type_piece, j.fichier.name or "", _sha256(j.fichier)] for j in jointes)
    return empreinte_de({DOCUMENT: document, "pieces": pieces})


def pieces_refusees(refusees: PiecesRefusees) -> ValidationError:
    """The refusal of each file, under the name of its part."""
    par_partie: dict[str, list[str]] = {}
    for jointe, message in refusees.refus:
        dits = par_partie.setdefault(jointe.type_piece or SANS_TYPE, [])
        dits.append(f"{jointe.fichier.name} : {message}")
    return ValidationError(par_partie)


def _refuser_les_parties(
    request: Request, lues: MultiValueDict[str, Any], fichiers: MultiValueDict[str, File[bytes]]
) -> None:
    erreurs: dict[str, list[str]] = {}
    for champ in {*lues, *fichiers} - {DOCUMENT}:
        if champ not in CHAMPS:
            acceptees = ", ".join((DOCUMENT, *CHAMPS))
            erreurs[champ] = [f"Partie inconnue. Parties acceptées : {acceptees}."]
        elif champ not in fichiers:
            erreurs[champ] = ["Un fichier est attendu : donnez-lui un nom (filename)."]
    for champ in (DOCUMENT, *CHAMPS):
        # Dropped before they were written anywhere.
        if noms := trop_lourds(request._request, champ):
            erreurs[champ] = [f"{nom} : {TROP_LOURDE}" for nom in noms]
    if erreurs:
        raise ValidationError(erreurs)


def _document(valeurs: Sequence[Any]) -> Any:
    if len(valeurs) != 1:
        raise ValidationError(
            {DOCUMENT: "Une partie de ce nom, et une seule, est attendue : le document JSON."}
        )
    (valeur,) = valeurs
    flux = BytesIO(valeur.encode()) if isinstance(valeur, str) else valeur
    return LecteurDepot().parse(flux, LecteurDepot.media_type)


def _sha256(fichier: File[bytes]) -> str:
    empreinte = hashlib.sha256()
    for morceau in fichier.chunks():
        empreinte.update(morceau)
    return empreinte.hexdigest()
