"""An aide while it is written: the document being edited, and the steps one can undo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aides.models.aide import Aide, VersionAide
from aides.querysets import BrouillonQuerySet
from portal.comptes.models import User
from portal.socle.permissions import Permission
from territoires.organismes.models import Organisme

ETRANGER = "Seuls les gestionnaires du catalogue de cet organisme peuvent le faire."


class BrouillonAide(models.Model):
    """The next version of an aide, or a new aide, not published yet.

    `document` is in exchange notation and may be unfinished: leaves half filled, groups empty.
    """

    #: Null for an aide that does not exist yet.
    aide = models.ForeignKey(Aide, models.CASCADE, null=True, blank=True, related_name="brouillons")
    #: The published version it began with; null for a new aide.
    base = models.ForeignKey(VersionAide, models.PROTECT, null=True, blank=True, related_name="+")
    #: For which organisme it is written: its catalogue managers share it.
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="brouillons")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    modifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    modifie_le = models.DateTimeField("modifié le", default=timezone.now)
    document = models.JSONField("document")
    #: Goes up at each change, undoing included: a page that shows an older one changes nothing.
    revision = models.PositiveIntegerField("révision", default=1)
    #: Rank of the step that `document` is.
    position = models.PositiveIntegerField("position", default=0)

    objects = BrouillonQuerySet.as_manager()

    class Meta:
        verbose_name = "brouillon d’aide"
        verbose_name_plural = "brouillons d’aide"
        ordering = ("-modifie_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["aide", "organisme"], name="un_brouillon_par_aide_et_organisme"
            ),
            models.CheckConstraint(
                condition=Q(aide__isnull=True, base__isnull=True)
                | Q(aide__isnull=False, base__isnull=False),
                name="brouillon_part_d_une_version",
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    @property
    def titre(self) -> str:
        """The title being written, or what stands for it."""
        return str(self.document.get("titre") or "Aide sans titre")

    @property
    def code(self) -> str:
        return str(self.document["code"])

    def permissions(self, user: User) -> dict[str, Permission]:
        """What a person may do with it."""
        tient = Organisme.objects.avec_catalogue_de(user).filter(pk=self.organisme_id).exists()
        tous = Permission(tient, "" if tient else ETRANGER)
        return {"modifier": tous, "publier": self._publier(user, tous), "supprimer": tous}

    def _publier(self, user: User, tous: Permission) -> Permission:
        """Of an aide that exists, only while the organisme carries it."""
        if not tous or self.aide is None:
            return tous
        return self.aide.permissions(user)["modifier"]

    @property
    def annulable(self) -> str:
        """What undoing would undo, in French; empty when there is nothing."""
        return self._libelle(self.position)

    @property
    def retablissable(self) -> str:
        """What redoing would do again, in French; empty when there is nothing."""
        return self._libelle(self.position + 1)

    def _libelle(self, rang: int) -> str:
        etapes = self.etapes.filter(rang__in=(rang - 1, rang)).order_by("rang")
        lignes: list[tuple[int, str]] = list(etapes.values_list("rang", "libelle"))
        return lignes[1][1] if len(lignes) == 2 else ""


class EtapeBrouillon(models.Model):
    """What a draft said after one change; the first one is how it began."""

    brouillon = models.ForeignKey(BrouillonAide, models.CASCADE, related_name="etapes")
    rang = models.PositiveIntegerField("rang")
    document: models.JSONField[Any, Any] = models.JSONField("document")
    libelle = models.CharField("ce qui a été fait", max_length=80)

    class Meta:
        verbose_name = "étape de brouillon"
        verbose_name_plural = "étapes de brouillon"
        ordering = ("brouillon", "rang")
        constraints = [
            models.UniqueConstraint(fields=["brouillon", "rang"], name="une_etape_par_rang")
        ]

    def __str__(self) -> str:
        return f"{self.rang} : {self.libelle}"
