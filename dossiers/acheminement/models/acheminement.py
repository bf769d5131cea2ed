"""One durable row per recipient and channel: attempts, lease, and two clocks."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dossiers.acheminement.querysets import AcheminementQuerySet
from dossiers.models import Demande, VersionDossier
from territoires.organismes.models import Canal, Guichet


class Acheminement(models.Model):
    """The handing over of a demande to a desk by one channel.

    *Remise* (handed over by the channel) and *accusée* (someone at the desk has it) are two
    things: each has its own column and its own clock.
    """

    class Voie(models.TextChoices):
        """How the desk acknowledged."""

        PORTAIL = "portail", "Ouverte dans le portail"
        PAGE = "page", "Page du courriel"
        SYSTEME = "systeme", "Système du guichet"

    demande = models.ForeignKey(Demande, models.PROTECT, related_name="acheminements")
    version_dossier = models.ForeignKey(VersionDossier, models.PROTECT, related_name="+")
    guichet = models.ForeignKey(Guichet, models.PROTECT, related_name="acheminements")
    canal = models.CharField("canal", max_length=12, choices=Canal)
    #: True for the desk's channel of record; the others are notifications.
    de_reference = models.BooleanField("canal de référence", default=True)
    #: Outgoing idempotency key, the same at every attempt.
    cle = models.UUIDField("clé d’idempotence", unique=True)
    #: Attempts in all, and since it was last replayed; each counted before the call.
    tentatives = models.PositiveIntegerField("tentatives", default=0)
    essais = models.PositiveIntegerField("tentatives depuis la reprise", default=0)
    essais_depuis = models.DateTimeField("essayé depuis", default=timezone.now)
    #: Never null while the handing over is still to be done.
    prochaine_tentative = models.DateTimeField(
        "prochaine tentative", null=True, blank=True, default=timezone.now
    )
    derniere_erreur = models.CharField("dernière erreur", max_length=500, blank=True)
    #: Deaths of the process that held the row, told by its parent, which survived.
    morts = models.PositiveSmallIntegerField("processus morts", default=0)
    #: Leases that ran out: whoever held the row never came back.
    pertes = models.PositiveSmallIntegerField("baux perdus", default=0)
    #: Fencing token of the worker that holds the row, until when, and who it is ("host/pid").
    jeton = models.UUIDField("jeton", null=True, blank=True, default=None)
    bail_jusqu_a = models.DateTimeField("bail jusqu’à", null=True, blank=True)
    bail_par = models.CharField("bail détenu par", max_length=120, blank=True)
    #: Set aside, with the reason, until somebody repairs and replays.
    quarantaine_le = models.DateTimeField("en quarantaine depuis", null=True, blank=True)
    quarantaine_motif = models.CharField("motif de quarantaine", max_length=500, blank=True)
    #: When nothing was left to hand over or to wait for: the demande was closed meanwhile.
    sans_objet_le = models.DateTimeField("sans objet depuis", null=True, blank=True)
    remise_le = models.DateTimeField("remise le", null=True, blank=True)
    accusee_le = models.DateTimeField("accusée le", null=True, blank=True)
    accusee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accuse_voie = models.CharField("voie de l’accusé", max_length=8, choices=Voie, blank=True)
    #: How often the desk was reminded, and when it is next; never null while a handing over by
    #: the channel of record waits for its acknowledgement, unless it is a person's task.
    relances = models.PositiveSmallIntegerField("relances", default=0)
    prochaine_relance = models.DateTimeField("prochaine relance", null=True, blank=True)
    #: When the last reminder left; null while the one that `relances` counts is still to leave.
    relancee_le = models.DateTimeField("relancée le", null=True, blank=True)
    #: The day it became a person's task, and whose.
    a_la_main_le = models.DateTimeField("tâche humaine depuis", null=True, blank=True)
    a_la_main_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: When the desk redirected the demande: it is no longer handed over to it.
    rendue_le = models.DateTimeField("rendue le", null=True, blank=True)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    objects = AcheminementQuerySet.as_manager()

    class Meta:
        verbose_name = "acheminement"
        ordering = ("-cree_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["demande", "version_dossier", "guichet", "canal"],
                condition=Q(rendue_le__isnull=True),
                name="un_acheminement_par_canal",
            ),
            models.CheckConstraint(
                condition=Q(prochaine_tentative__isnull=False)
                | Q(remise_le__isnull=False)
                | Q(quarantaine_le__isnull=False)
                | Q(sans_objet_le__isnull=False)
                | Q(rendue_le__isnull=False),
                name="a_remettre_a_une_prochaine_tentative",
            ),
            models.CheckConstraint(
                condition=Q(prochaine_relance__isnull=False)
                | Q(a_la_main_le__isnull=False)
                | Q(accusee_le__isnull=False)
                | Q(sans_objet_le__isnull=False)
                | Q(rendue_le__isnull=False)
                | Q(remise_le__isnull=True)
                | Q(de_reference=False),
                name="a_accuser_a_une_prochaine_relance",
            ),
            models.CheckConstraint(
                condition=Q(quarantaine_le__isnull=True, quarantaine_motif="")
                | (Q(quarantaine_le__isnull=False) & ~Q(quarantaine_motif="")),
                name="quarantaine_a_un_motif",
            ),
            models.CheckConstraint(
                condition=Q(accusee_le__isnull=True) | ~Q(accuse_voie=""),
                name="accusee_par_une_voie",
            ),
        ]
        # None holds what a lease writes: a claim rewrites its row within its page.
        indexes = [
            # Only what is to be handed over: claiming costs the same whatever was done before.
            models.Index(
                fields=["prochaine_tentative", "id"],
                condition=Q(
                    remise_le__isnull=True,
                    rendue_le__isnull=True,
                    quarantaine_le__isnull=True,
                    sans_objet_le__isnull=True,
                ),
                name="acheminements_dus",
            ),
            models.Index(
                fields=["prochaine_relance", "id"],
                condition=Q(prochaine_relance__isnull=False),
                name="acheminements_a_relancer",
            ),
            models.Index(
                fields=["quarantaine_le"],
                condition=Q(quarantaine_le__isnull=False),
                name="acheminements_quarantaine",
            ),
            # The live invariant counts the demandes, and those that are acknowledged.
            models.Index(
                fields=["demande"],
                include=["accusee_le"],
                condition=Q(de_reference=True, rendue_le__isnull=True),
                name="acheminements_de_reference",
            ),
            # The delivery desk: what nobody acknowledged, what a person must see to, and how
            # many were handed over lately.
            models.Index(
                fields=["guichet", "canal", "remise_le"],
                condition=Q(
                    remise_le__isnull=False,
                    accusee_le__isnull=True,
                    rendue_le__isnull=True,
                    sans_objet_le__isnull=True,
                    de_reference=True,
                ),
                name="acheminements_non_accuses",
            ),
            models.Index(
                fields=["a_la_main_le"],
                condition=Q(a_la_main_le__isnull=False, accusee_le__isnull=True),
                name="acheminements_a_la_main",
            ),
            models.Index(
                fields=["remise_le"],
                include=["guichet", "canal"],
                condition=Q(remise_le__isnull=False),
                name="acheminements_remises",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demande} → {self.guichet} ({self.canal})"

    @property
    def est_annonce(self) -> bool:
        """Whether it only announces what another channel hands over."""
        return self.canal == Canal.COURRIEL and not self.de_reference


def cle_idempotence(
    version: VersionDossier, aide_code: str, guichet: Guichet, canal: str, retour: int = 0
) -> uuid.UUID:
    """UUIDv5 of what is handed over to whom: two attempts at one thing share it.

    `retour`: how many times the desk has had the demande before, and redirected it.
    """
    nom = f"{version.empreinte}/{version.pk}/{aide_code}/{guichet.code}/{canal}"
    if retour:
        nom = f"{nom}/{retour}"
    return uuid.uuid5(uuid.NAMESPACE_URL, f"dossier-unique:{nom}")
