"""From what a document says to a tagged PDF (PDF/UA-1), the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from dossiers.documents.contenu import Contenu
from dossiers.models import Document
from dossiers.recus.models import Recu
from portal.socle.json_canonique import empreinte

FEUILLE = Path(__file__).with_name("lettre.css")
GABARITS = {
    Document.Genre.ACCUSE: "documents/accuse.html",
    Document.Genre.DECISION: "documents/decision.html",
}


class PdfIndisponible(Exception):
    """This machine cannot write PDF; the message (French) tells operators what to install."""


def page(genre: str, contenu: Contenu, identifiant: str) -> str:
    """The document as the HTML page that is set in type; it names no other file."""
    return render_to_string(
        GABARITS[Document.Genre(genre)],
        {
            "c": contenu,
            "identifiant": identifiant,
            "empreinte": empreinte(contenu),
            "feuille": FEUILLE.read_text(encoding="utf-8"),
        },
    )


def ecrire(document: Document) -> bytes:
    """The PDF of a document whose content is frozen. Raises PdfIndisponible without Pango.

    Dates and identifier come from the content and the row, never from the clock: a document
    written again after a crash has the same hash.
    """
    if document.contenu is None:
        raise ValueError("Le contenu se fige avant de s’écrire.")
    identifiant = str(document.identifiant)
    html = page(document.genre, document.contenu, identifiant)
    try:
        # Heavy, and absent from a machine without Pango: only who writes a PDF loads it.
        from weasyprint import HTML, Attachment  # noqa: PLC0415
    except OSError as absente:
        raise PdfIndisponible(
            "La bibliothèque Pango manque sur cette machine : les documents PDF attendent. "
            "Installez-la (« make env » dit comment), ils seront alors produits d’eux-mêmes. "
            f"Détail : {absente}"
        ) from absente
    octets: bytes = HTML(string=html, url_fetcher=_rien).write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=document.identifiant.hex.encode(),
        attachments=[Attachment(**jointe) for jointe in _jointes(document)],
    )
    return octets


def _jointes(document: Document) -> list[dict[str, Any]]:
    """The signed receipt of the deposit, where the content says that it is attached."""
    if document.contenu is None or not document.contenu.get("recu"):
        return []
    recu = Recu.objects.select_related("version__dossier").get(
        version=document.demande.version_dossier_id
    )
    deposee_le = recu.version.deposee_le
    return [
        {
            "string": recu.jws,
            "name": recu.nom_de_fichier,
            "description": "Reçu de dépôt signé",
            "created": deposee_le,
            "modified": deposee_le,
        }
    ]


def _rien(url: str, *args: object, **options: object) -> dict[str, object]:
    """A document fetches nothing: neither from the network nor from the disk."""
    raise ValueError(f"un document ne charge rien : {url[:100]}")
