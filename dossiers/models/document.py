"""What an authority issues: the acknowledgement of receipt and the decision, as PDF."""

from __future__ import annotations

import math
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from dossiers.models.demande import Demande
from dossiers.querysets import DocumentQuerySet
from territoires.organismes.models import Guichet

DOSSIER_DE_STOCKAGE = "documents"


def chemin_de_stockage(document: Document, nom: str) -> str:
    return f"{DOSSIER_DE_STOCKAGE}/{document.identifiant.hex[:2]}/{document.identifiant}.pdf"


class Document(models.Model):
    """A document of a demande: asked for in the transaction of the act, written by a worker."""

    class Genre(models.TextChoices):
        ACCUSE = "accuse", "Accusé de réception"
        DECISION = "decision", "Décision"

    identifiant = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    demande = models.ForeignKey(Demande, models.PROTECT, related_name="documents")
    genre = models.CharField("genre", max_length=10, choices=Genre)
    #: An acknowledgement is issued again when another desk takes the demande over.
    numero = models.PositiveSmallIntegerField("numéro", default=1)
    #: The desk in whose name it is issued.
    guichet = models.ForeignKey(Guichet, models.PROTECT, related_name="+")
    #: All that the document says, frozen: in the act for a decision, before it is first written
    #: for an acknowledgement (None until then). Writing it again gives the same bytes.
    contenu = models.JSONField("contenu", null=True, blank=True)
    fichier = models.FileField("fichier", upload_to=chemin_de_stockage, max_length=200, blank=True)
    #: Bytes, and SHA-256 of the file once it is written.
    taille = models.PositiveIntegerField("taille", null=True, blank=True)
    empreinte = models.CharField("empreinte", max_length=64, blank=True)
    demande_le = models.DateTimeField("demandé le", auto_now_add=True)
    produit_le = models.DateTimeField("produit le", null=True, blank=True)
    tentatives = models.PositiveIntegerField("tentatives", default=0)
    #: Never null while the document is still to be written.
    prochaine_tentative = models.DateTimeField(
        "prochaine tentative", null=True, blank=True, default=timezone.now
    )
    derniere_erreur = models.CharField("dernière erreur", max_length=500, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ("-demande_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["demande", "genre", "numero"], name="un_document_par_numero"
            ),
            models.CheckConstraint(
                condition=Q(produit_le__isnull=False, prochaine_tentative__isnull=True)
                | Q(produit_le__isnull=True, prochaine_tentative__isnull=False),
                name="a_produire_a_une_prochaine_tentative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["prochaine_tentative"],
                condition=Q(produit_le__isnull=True),
                name="documents_a_produire",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_genre_display()} {self.demande}"

    @property
    def est_produit(self) -> bool:
        return self.produit_le is not None

    @property
    def est_efface(self) -> bool:
        """Issued, and its content erased since with that of the dossier; its hash stays."""
        return self.est_produit and not self.fichier

    @property
    def reference(self) -> str:
        """How the document names itself: "DU-2026-000012-34-AR1"."""
        sigle = "AR" if self.genre == self.Genre.ACCUSE else "D"
        return f"{self.demande.numero}-{sigle}{self.numero}"

    @property
    def nom_de_fichier(self) -> str:
        """The name under which it is saved: "accuse-de-reception-DU-2026-000012-34-AR1.pdf"."""
        nom = "accuse-de-reception" if self.genre == self.Genre.ACCUSE else "decision"
        return f"{nom}-{self.reference}.pdf"

    @property
    def poids(self) -> str:
        """The size people see: "45 Ko"."""
        return f"{math.ceil((self.taille or 0) / 1000)}\N{NO-BREAK SPACE}Ko"
