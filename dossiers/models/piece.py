"""The files of a dossier: quotes, accounts, certificates."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.complement import ElementComplement
from dossiers.models.demande import Demande
from dossiers.models.dossier import Dossier
from dossiers.pieces.formats import FORMATS, PDF
from dossiers.querysets import PieceQuerySet

DOSSIER_DE_STOCKAGE = "pieces"


def chemin_de_stockage(piece: Piece, nom: str) -> str:
    """Where the storage keeps a file: nothing of what the sender called it."""
    return f"{DOSSIER_DE_STOCKAGE}/{piece.identifiant.hex[:2]}/{piece.identifiant}"


class Piece(models.Model):
    """A file given by a company, for all the demandes of a dossier or for one of them."""

    class Type(models.TextChoices):
        DEVIS = "devis", "Devis"
        IMMATRICULATION = "immatriculation", "Extrait d’immatriculation (Kbis, RNE)"
        STATUTS = "statuts", "Statuts"
        COMPTES = "comptes", "Comptes annuels (bilan, compte de résultat)"
        RIB = "rib", "Relevé d’identité bancaire"
        FINANCEMENT = "financement", "Plan de financement"
        AIDES_RECUES = "aides_recues", "Déclaration des aides reçues"
        REGULARITE = "regularite", "Attestation de régularité fiscale ou sociale"
        URBANISME = "urbanisme", "Autorisation d’urbanisme"
        LOCAUX = "locaux", "Bail ou titre de propriété"
        PRESENTATION = "presentation", "Présentation du projet"
        AUTRE = "autre", "Autre pièce"

    identifiant = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="pieces")
    #: Null for a piece that goes with every demande of the dossier.
    demande = models.ForeignKey(
        Demande, models.PROTECT, null=True, blank=True, related_name="pieces_propres"
    )
    #: What an officer asked for, when the file answers it.
    element = models.ForeignKey(
        ElementComplement, models.PROTECT, null=True, blank=True, related_name="pieces"
    )
    type = models.CharField("type", max_length=16, choices=Type, default=Type.AUTRE)
    nom = models.CharField("nom du fichier", max_length=200)
    fichier = models.FileField("fichier", upload_to=chemin_de_stockage, max_length=200)
    #: Bytes.
    taille = models.PositiveIntegerField("taille")
    #: As sniffed from the content, never as the sender says.
    type_mime = models.CharField("type de contenu", max_length=100)
    #: SHA-256 of the content.
    empreinte = models.CharField("empreinte", max_length=64)
    deposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    deposee_le = models.DateTimeField("déposée le", auto_now_add=True)
    #: Taken back by the company before anyone had to rely on it.
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)

    objects = PieceQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce"
        ordering = ("deposee_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "demande", "element", "empreinte"],
                condition=Q(retiree_le__isnull=True),
                nulls_distinct=False,
                name="une_fois_le_meme_fichier",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def affichage(self) -> str:
        """How browsers show it in a page: "pdf", "image"; "" when they only save it."""
        reconnu = FORMATS[self.type_mime]
        if not reconnu.en_page:
            return ""
        return "pdf" if reconnu is PDF else "image"
