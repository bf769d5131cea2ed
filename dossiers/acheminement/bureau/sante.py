"""Whether the portal is ready: its database answers, its schema is whole, nothing due is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone

from dossiers.acheminement.bureau.presentation import age
from dossiers.acheminement.models import Acheminement, Disjoncteur
from dossiers.models import Demande


@dataclass(frozen=True, slots=True)
class Sante:
    """What was found. `en_retard_depuis`: when the oldest late thing was due."""

    instant: datetime
    tolerance: timedelta
    base: bool = True
    migrations_manquantes: int = 0
    en_retard_depuis: datetime | None = None

    @property
    def pret(self) -> bool:
        return self.base and not self.migrations_manquantes and self.en_retard_depuis is None

    @property
    def raisons(self) -> list[str]:
        """Why not, each in one French sentence."""
        raisons = []
        if not self.base:
            raisons.append("La base de données ne répond pas.")
        if self.migrations_manquantes:
            raisons.append(
                "Le schéma n’est pas à jour ; migrations qui manquent : "
                f"{self.migrations_manquantes}."
            )
        if self.en_retard_depuis is not None:
            raisons.append(
                f"Une demande aurait dû être orientée ou remise il y a "
                f"{age(self.instant - self.en_retard_depuis)}, et rien "
                "n’explique qu’elle attende : les workers ou beat ne tournent pas, ou pas assez."
            )
        return raisons

    def en_json(self) -> dict[str, Any]:
        """Numbers and sentences: no name, no address, no secret."""
        retard = self.en_retard_depuis and self.instant - self.en_retard_depuis
        return {
            "pret": self.pret,
            "base": self.base,
            "migrations_manquantes": self.migrations_manquantes,
            "retard_secondes": int(retard.total_seconds()) if retard else 0,
            "tolerance_secondes": int(self.tolerance.total_seconds()),
            "raisons": self.raisons,
        }


def examiner() -> Sante:
    """Ask the database, in four short queries."""
    instant = timezone.now()
    tolerance = timedelta(seconds=settings.RETARD_TOLERE)
    try:
        manquantes = _migrations_manquantes()
        # Without its columns the table of what is due cannot be read.
        depuis = None if manquantes else en_retard_depuis(instant, tolerance)
    except (DatabaseError, InterfaceError):
        return Sante(instant, tolerance, base=False)
    return Sante(instant, tolerance, True, manquantes, depuis)


@cache
def _migrations_connues() -> frozenset[tuple[str, str]]:
    """Those of the code that runs: they do not change while it does."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _migrations_manquantes() -> int:
    return len(_migrations_connues() - set(MigrationRecorder(connection).applied_migrations()))


def en_retard_depuis(instant: datetime, tolerance: timedelta) -> datetime | None:
    """When the oldest thing that nothing explains was due, if that is longer ago than tolerated.

    A wait is explained by a date still to come (backoff), a lease or a breaker; it counts from
    the end of the latest of them.
    """
    limite = instant - tolerance
    coupes = Disjoncteur.objects.filter(
        guichet=OuterRef("guichet"), canal=OuterRef("canal"), ouvert_jusqu_a__gt=limite
    )
    remises = Acheminement.objects.a_remettre().filter(
        Q(bail_jusqu_a__isnull=True) | Q(bail_jusqu_a__lt=limite),
        ~Exists(coupes),
        prochaine_tentative__lt=limite,
    )
    orientations = Demande.objects.a_router().filter(file="", prochaine_tentative__lt=limite)
    dues = [
        lignes.order_by().aggregate(due=Min("prochaine_tentative"))["due"]
        for lignes in (remises, orientations)
    ]
    return min((due for due in dues if due is not None), default=None)
