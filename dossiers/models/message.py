"""The thread of a demande: what the company and the desk write to each other."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from dossiers.models.demande import Demande
from territoires.organismes.models import Guichet


class Message(models.Model):
    """One message; plain text, never changed once sent."""

    class Cote(models.TextChoices):
        ENTREPRISE = "entreprise", "Entreprise"
        GUICHET = "guichet", "Guichet"

    demande = models.ForeignKey(Demande, models.PROTECT, related_name="messages")
    cote = models.CharField("côté", max_length=12, choices=Cote)
    #: The desk that had the demande then: one that comes after reads the whole thread.
    guichet = models.ForeignKey(Guichet, models.PROTECT, null=True, blank=True, related_name="+")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    texte = models.TextField("message", max_length=5000)
    #: Drawn with the form: the same form sent twice is one message.
    jeton = models.UUIDField("jeton", default=uuid.uuid4)
    envoye_le = models.DateTimeField("envoyé le", auto_now_add=True)
    #: When somebody of the other side first saw it.
    lu_le = models.DateTimeField("lu le", null=True, blank=True)

    class Meta:
        verbose_name = "message"
        ordering = ("envoye_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["demande", "auteur", "jeton"], name="un_message_par_envoi"
            )
        ]
        indexes = [models.Index(fields=["demande", "envoye_le"])]

    def __str__(self) -> str:
        return f"{self.demande}, {self.get_cote_display()}, {self.envoye_le:%d/%m/%Y}"
