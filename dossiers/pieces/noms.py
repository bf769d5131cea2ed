"""Names of files, as people see them: cleaned, their Unicode kept; the storage uses none."""

from __future__ import annotations

import re
import unicodedata

from dossiers.models import Piece
from dossiers.pieces.formats import EXTENSIONS, Format
from territoires.normalisation import normaliser

#: Characters, the extension included: what every file system can hold.
LONGUEUR = 120
SANS_NOM = "piece"

#: What the name of a file suggests, the most precise words first.
_INDICES = (
    (Piece.Type.DEVIS, ("devis", "proforma", "chiffrage")),
    (Piece.Type.IMMATRICULATION, ("kbis", "k bis", "rne", "immatriculation", "sirene", "insee")),
    (Piece.Type.STATUTS, ("statuts",)),
    (Piece.Type.RIB, ("rib", "iban", "bancaire")),
    (Piece.Type.FINANCEMENT, ("plan de financement", "financement", "previsionnel")),
    (Piece.Type.AIDES_RECUES, ("minimis", "aides recues")),
    (Piece.Type.REGULARITE, ("urssaf", "vigilance", "regularite", "attestation fiscale")),
    (Piece.Type.COMPTES, ("bilan", "comptes", "liasse", "compte de resultat")),
    (Piece.Type.URBANISME, ("permis de construire", "urbanisme", "declaration prealable")),
    (Piece.Type.LOCAUX, ("bail", "titre de propriete", "acte de vente")),
    (Piece.Type.PRESENTATION, ("presentation", "business plan", "descriptif")),
)


def nom_propre(brut: str) -> str:
    """The name without path, control nor invisible characters, in NFC; "" if nothing is left."""
    nom = unicodedata.normalize("NFC", re.split(r"[/\\]", brut)[-1])
    # Categories C* are controls, marks of direction, private and unassigned characters.
    visibles = (" " if unicodedata.category(c)[0] == "Z" else c for c in nom)
    nom = "".join(c for c in visibles if unicodedata.category(c)[0] != "C")
    return re.sub(r" +", " ", nom).strip(" .")


def extension(nom: str) -> str:
    """What follows the last dot, in lower case: "pdf"; "" without any."""
    avant, point, apres = nom.rpartition(".")
    return apres.lower() if avant and point else ""


def nom_corrige(nom: str, reconnu: Format) -> str:
    """The name with an extension that says what the file is: a photo called "plan.pdf" becomes
    "plan.jpg", a PDF called "devis.exe" "devis.exe.pdf".
    """
    actuelle = extension(nom)
    base = nom[: -len(actuelle) - 1] if actuelle in EXTENSIONS else nom
    voulue = actuelle if actuelle in reconnu.extensions else reconnu.extensions[0]
    base = (base.strip(" .") or SANS_NOM)[: LONGUEUR - len(voulue) - 1].rstrip(" .")
    return f"{base}.{voulue}"


def type_suggere(nom: str) -> str:
    """The type that the name suggests: "devis" for "Devis_presse.pdf", else "autre"."""
    mots = f" {' '.join(re.findall('[a-z]+', normaliser(nom)))} "
    for type_piece, indices in _INDICES:
        if any(f" {indice} " in mots for indice in indices):
            return type_piece
    return Piece.Type.AUTRE
