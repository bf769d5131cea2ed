"""Asking for documents, and writing them: each step safe to repeat and to interrupt anywhere."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone

from dossiers.destinataires import prevenir_entreprise
from dossiers.documents.contenu import contenu_accuse, contenu_decision
from dossiers.documents.mentions import Mentions
from dossiers.documents.pdf import ecrire
from dossiers.models import Demande, Document
from dossiers.models.document import chemin_de_stockage
from portal.socle.journal import consigner

journal = logging.getLogger(__name__)

#: Delay before each new attempt at writing a document, then daily.
REPRISES = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
#: How many documents one sweep writes: the next one, seconds later, takes the rest.
LOT = 50


@transaction.atomic
def demander_decision(demande: Demande, mentions: Mentions) -> Demande:
    """Freeze the letter that tells the decision just taken, in the transaction that takes it."""
    if demande.guichet is None:
        raise ValueError("Une décision a un guichet.")
    document = Document(demande=demande, guichet=demande.guichet, genre=Document.Genre.DECISION)
    document.contenu = contenu_decision(demande, document.reference, mentions)
    document.save()
    return demande


# ------------------------------------------------------------------ writing


def produire_dus() -> int:
    """Write the documents that are due; how many were.

    Each on its own: one that fails is due again later, the others go on.
    """
    dus = Document.objects.dus(timezone.now())
    return sum(produire(document_id=pk) for pk in list(dus.values_list("pk", flat=True)[:LOT]))


def produire(*, document_id: int) -> bool:
    """Try once to write a document; False when it is not due, or failed and will be tried again.

    The attempt is counted and the next one planned before the work: a worker killed by a
    document takes up the others first. The file is written before the row says so, and the row
    only by who made the last attempt: nobody is ever given half a document.
    """
    document = _prendre(document_id)
    if document is None:
        return False
    try:
        _figer(document)
        octets = ecrire(document)
        chemin = _ranger(document, octets)
    except Exception as erreur:  # whatever fails with one, it is tried again
        journal.exception("Document %s : tentative en échec", document_id)
        Document.objects.filter(pk=document_id, tentatives=document.tentatives).update(
            derniere_erreur=f"{type(erreur).__name__} : {erreur}"[:500]
        )
        return False
    return _inscrire(document, chemin, octets)


def _prendre(document_id: int) -> Document | None:
    """Count the attempt and plan the next one; None if another has the row, or it is not due."""
    with transaction.atomic():
        dus = Document.objects.dus(timezone.now()).filter(pk=document_id)
        document = (
            dus.select_for_update(skip_locked=True, of=("self",))
            .select_related(
                "guichet__organisme",
                "demande__dossier__entreprise",
                "demande__version_dossier",
                "demande__version_aide",
                "demande__commune",
            )
            .first()
        )
        if document is None:
            return None
        delai = REPRISES[min(document.tentatives, len(REPRISES) - 1)]
        document.tentatives += 1
        document.prochaine_tentative = timezone.now() + delai
        document.save(update_fields=["tentatives", "prochaine_tentative"])
    return document


def _figer(document: Document) -> None:
    """Compose the acknowledgement once; another attempt finds what this one froze."""
    if document.contenu is not None:
        return
    contenu = contenu_accuse(document, timezone.now())
    Document.objects.filter(pk=document.pk, contenu__isnull=True).update(contenu=contenu)
    document.refresh_from_db(fields=["contenu"])


def _ranger(document: Document, octets: bytes) -> str:
    """Put the file in its place, over what an interrupted attempt may have left there."""
    stockage: Storage = document.fichier.storage
    chemin = chemin_de_stockage(document, "")
    if stockage.exists(chemin):
        stockage.delete(chemin)
    return stockage.save(chemin, ContentFile(octets))


@transaction.atomic
def _inscrire(document: Document, chemin: str, octets: bytes) -> bool:
    """The document exists: journal it and tell the company; False if another was quicker."""
    empreinte = hashlib.sha256(octets).hexdigest()
    inscrits = Document.objects.filter(
        pk=document.pk, produit_le__isnull=True, tentatives=document.tentatives
    ).update(
        fichier=chemin,
        taille=len(octets),
        empreinte=empreinte,
        produit_le=timezone.now(),
        prochaine_tentative=None,
        derniere_erreur="",
    )
    if not inscrits:
        return False
    demande = document.demande
    consigner(
        verbe=f"emettre_{document.genre}",
        objet=demande,
        dossier_id=demande.dossier_id,
        document=str(document.identifiant),
        empreinte=empreinte,
        guichet=document.guichet_id,
    )
    _prevenir(document)
    return True


def _prevenir(document: Document) -> None:
    """Tell the members of the company, at the address they use (CRPA, article R112-11-3)."""
    demande = document.demande
    titre = demande.version_aide.titre
    if document.genre == Document.Genre.ACCUSE:
        sujet = f"Accusé de réception de votre demande {demande.numero}"
        texte = (
            f"L’accusé de réception de votre demande « {titre} » est prêt. Il indique le service "
            "chargé de votre dossier, la date à laquelle un silence vaudrait rejet, et comment "
            "contester un rejet. Vous pouvez le télécharger sur la page de suivi."
        )
    else:
        sujet = f"Décision sur votre demande {demande.numero}"
        texte = (
            f"La lettre de décision sur votre demande « {titre} » est prête. Vous pouvez la "
            "télécharger sur la page de suivi ; elle indique comment contester la décision."
        )
    prevenir_entreprise(demande, sujet=sujet, texte=texte)
