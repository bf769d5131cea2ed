"""The breaker that keeps one dead desk from starving the others."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Case, F, When

from territoires.organismes.models import Canal, Guichet

#: Failures in a row after which nothing more is sent to a desk for a while.
SEUIL = 5
#: How long the first time, then twice as long after each trial that fails, up to the last.
PAUSE, PAUSE_MAXIMUM = timedelta(seconds=30), timedelta(minutes=15)


class DisjoncteurQuerySet(models.QuerySet["Disjoncteur"]):
    """Breakers."""

    def declenches(self) -> DisjoncteurQuerySet:
        """Those of a desk that failed too often in a row: open, or waiting for a trial."""
        return self.filter(echecs__gte=SEUIL)

    def refermer(self, instant: datetime) -> int:
        """Let everything through from now on; how many rows.

        One that was open keeps the date: what waited until then was not late.
        """
        ouvert = When(ouvert_jusqu_a__gt=instant, then=instant)
        return self.update(echecs=0, ouvert_jusqu_a=Case(ouvert, default=F("ouvert_jusqu_a")))


class Disjoncteur(models.Model):
    """The breaker of a desk's channel; a desk that never failed has none.

    Closed under `SEUIL` failures in a row, unless somebody opened it by hand. Open until
    `ouvert_jusqu_a`: nothing is sent, what is due waits without an attempt being counted. Then,
    if failures opened it, one handing over at a time is the trial:
    its success closes the breaker, its failure opens it for twice as long.
    """

    guichet = models.ForeignKey(Guichet, models.CASCADE, related_name="disjoncteurs")
    canal = models.CharField("canal", max_length=12, choices=Canal)
    #: In a row, since the last success.
    echecs = models.PositiveIntegerField("échecs de suite", default=0)
    ouvert_jusqu_a = models.DateTimeField("ouvert jusqu’à", null=True, blank=True)
    dernier_echec_le = models.DateTimeField("dernier échec le", null=True, blank=True)
    derniere_erreur = models.CharField("dernière erreur", max_length=500, blank=True)

    objects = DisjoncteurQuerySet.as_manager()

    class Meta:
        verbose_name = "disjoncteur"
        ordering = ("guichet", "canal")
        constraints = [
            models.UniqueConstraint(fields=["guichet", "canal"], name="un_disjoncteur_par_canal")
        ]

    def __str__(self) -> str:
        return f"{self.guichet} ({self.canal})"

    def est_ouvert(self, instant: datetime) -> bool:
        return self.ouvert_jusqu_a is not None and instant < self.ouvert_jusqu_a

    @property
    def est_declenche(self) -> bool:
        """By failures: one that is open without them was opened by hand."""
        return self.echecs >= SEUIL


def pause(echecs: int) -> timedelta:
    """How long a breaker stays open after that many failures in a row, at least `SEUIL`."""
    return min(PAUSE * (1 << min(echecs - SEUIL, 10)), PAUSE_MAXIMUM)
