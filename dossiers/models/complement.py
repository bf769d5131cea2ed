"""What an officer asks a company for: pieces and questions, with a due date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dossiers.horloge import Suspension
from dossiers.models.demande import Demande
from territoires.organismes.models import Guichet


class Complement(models.Model):
    """A request for what is missing. It stops the statutory clock until the earlier of the
    answer and the due date (CRPA, article L114-5).
    """

    class Cloture(models.TextChoices):
        """How it ended."""

        REPONDU = "repondu", "Réponse reçue"
        SANS_ATTENDRE = "sans_attendre", "Instruction reprise sans attendre"
        ANNULE = "annule", "Demande annulée"
        DEMANDE_CLOSE = "demande_close", "Demande close"

    demande = models.ForeignKey(Demande, models.PROTECT, related_name="complements")
    guichet = models.ForeignKey(Guichet, models.PROTECT, related_name="+")
    message = models.TextField("message", max_length=3000, blank=True)
    demandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    demandee_le = models.DateTimeField("demandé le")
    #: Last day to answer, included.
    attendue_le = models.DateField("attendu le")
    close_le = models.DateTimeField("clos le", null=True, blank=True)
    #: Blank while it waits for its answer.
    cloture = models.CharField("clôture", max_length=16, choices=Cloture, blank=True, default="")
    repondue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "demande de compléments"
        verbose_name_plural = "demandes de compléments"
        ordering = ("-demandee_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["demande"],
                condition=Q(close_le__isnull=True),
                name="un_complement_en_cours_par_demande",
            ),
            models.CheckConstraint(
                condition=Q(close_le__isnull=True, cloture="")
                | (Q(close_le__isnull=False) & ~Q(cloture="")),
                name="complement_clos_dit_comment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demande}, compléments du {self.demandee_le:%d/%m/%Y}"

    @property
    def est_en_cours(self) -> bool:
        return self.close_le is None

    @property
    def est_repondu(self) -> bool:
        return self.cloture == self.Cloture.REPONDU

    @property
    def est_en_retard(self) -> bool:
        """Answered, or still waiting, after the due date: the clock runs since then."""
        fin = timezone.localdate(self.close_le) if self.close_le else timezone.localdate()
        return fin > self.attendue_le

    @property
    def suspension(self) -> Suspension:
        """While it waits, as if the answer came on the last day."""
        fin = self.attendue_le
        if self.close_le:
            fin = min(fin, timezone.localdate(self.close_le))
        return Suspension(timezone.localdate(self.demandee_le), fin)


class ElementComplement(models.Model):
    """One thing that is asked for: a piece or a question."""

    class Genre(models.TextChoices):
        PIECE = "piece", "Pièce"
        QUESTION = "question", "Question"

    complement = models.ForeignKey(Complement, models.CASCADE, related_name="elements")
    rang = models.PositiveSmallIntegerField("rang")
    genre = models.CharField("genre", max_length=8, choices=Genre)
    #: `Piece.Type`; blank for a question.
    type_piece = models.CharField("type de pièce", max_length=16, blank=True)
    libelle = models.CharField("ce qui est demandé", max_length=500)
    #: The company's answer, or why it cannot give the piece.
    reponse = models.TextField("réponse", max_length=3000, blank=True)

    class Meta:
        verbose_name = "élément demandé"
        verbose_name_plural = "éléments demandés"
        ordering = ("complement", "rang")
        constraints = [
            models.UniqueConstraint(fields=["complement", "rang"], name="un_element_par_rang")
        ]

    def __str__(self) -> str:
        return self.libelle
