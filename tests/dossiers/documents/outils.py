"""What the tests of documents share: demandes that say everything, and reading a PDF."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from dossiers.documents.actes import produire
from dossiers.models import Demande, Document
from tests.fabriques import (
    FAITS,
    CommuneFabrique,
    DemandeFabrique,
    GuichetFabrique,
    VersionDossierFabrique,
    declare,
)

DEPOSEE_LE = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def texte_de(document: Document) -> str:
    """Everything that is read in the file of a document, on one line."""
    with document.fichier.open("rb") as fichier:
        return texte_pdf(fichier.read())


def texte_pdf(octets: bytes) -> str:
    lu = " ".join(page.extract_text() for page in PdfReader(BytesIO(octets)).pages)
    return re.sub(r"\s+", " ", lu)


def guichet(**champs: Any) -> Any:
    """A desk whose contact data are all given and confirmed."""
    return GuichetFabrique(
        **{
            "nom": "Guichet fictif des entreprises",
            "organisme__nom": "Région fictive",
            "courriel": "guichet@exemple.invalid",
            "telephone": "00 00 00 00 01",
            "adresse": "1 rue Fictive, 20900 Valfictif",
            "a_confirmer": False,
            **champs,
        }
    )


def demande(**champs: Any) -> Demande:
    """A demande of a company that answered everything; keywords are those of the factory."""
    faits = FAITS | {"total_bilan": "900000.00", "autres_aides": "0.00"}
    version = VersionDossierFabrique(
        dossier__titre="Atelier fictif",
        dossier__description="Une ligne de découpe.\nEt sa formation.",
        dossier__depose_le=champs.setdefault("deposee_le", DEPOSEE_LE),
        dossier__faits={code: declare(valeur) for code, valeur in faits.items()},
        dossier__entreprise__nom="Métallerie fictive",
    )
    return DemandeFabrique(
        **{
            "version_dossier": version,
            "version_aide__titre": "Aide fictive à l’investissement",
            "version_aide__formes": ["subvention"],
            "commune": CommuneFabrique(code="20901", nom="Valfictif", codes_postaux=["20900"]),
            **champs,
        }
    )


def accuse(**champs: Any) -> Document:
    """An acknowledgement asked for, by the desk that has the demande, and still to be written."""
    champs.setdefault("guichet", None)
    bureau = champs.pop("guichet") or guichet()
    cible = demande(guichet=bureau, etat="a_etudier", prochaine_tentative=None, **champs)
    return Document.objects.create(demande=cible, guichet=bureau, genre=Document.Genre.ACCUSE)


def produit(document: Document) -> Document:
    """The document once it is written."""
    assert produire(document_id=document.pk), Document.objects.get(pk=document.pk).derniere_erreur
    return Document.objects.get(pk=document.pk)
