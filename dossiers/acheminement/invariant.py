"""The live proof that nothing is lost: what was filed is somewhere, exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Demande
from dossiers.querysets import DemandeQuerySet
from portal.socle.models import Evenement


@dataclass(frozen=True, slots=True)
class Bilan:
    """Demandes, each counted once where it is. `deposees` comes from the append-only journal,
    the rest from the rows: a row that vanished or waits for nothing shows in `perdues`.
    """

    deposees: int
    accusees: int
    en_attente: int
    en_quarantaine: int
    retirees: int
    #: Handed over to more than one desk at once.
    doublons: int
    #: When the longest overdue handing over or routing was due.
    plus_ancienne_due: datetime | None

    @property
    def perdues(self) -> int:
        return self.deposees - (
            self.accusees + self.en_attente + self.en_quarantaine + self.retirees
        )

    @property
    def tient(self) -> bool:
        return self.perdues == 0 and self.doublons == 0


#: The handing over that counts: by the channel of record of the desk that has the demande.
_DE_REFERENCE = Q(de_reference=True, rendue_le__isnull=True)
#: What waits has a date at which it is taken up.
_A_REMETTRE = Q(
    remise_le__isnull=True,
    quarantaine_le__isnull=True,
    sans_objet_le__isnull=True,
    prochaine_tentative__isnull=False,
)
_A_ACCUSER = Q(remise_le__isnull=False, quarantaine_le__isnull=True) & (
    Q(prochaine_relance__isnull=False) | Q(a_la_main_le__isnull=False)
)


def bilan() -> Bilan:
    """The invariant now, of all demandes.

    Every count sees the same instant, whatever is committed meanwhile; within a transaction of
    the caller, each sees its own.
    """
    if connection.in_atomic_block:
        return _compter()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _compter()


def _compter() -> Bilan:
    """What is done is counted on indexes alone, whatever its number; only what is not done, or
    was withdrawn, is read.
    """
    etapes = Acheminement.objects.filter(_DE_REFERENCE).order_by()
    ouvertes = etapes.filter(accusee_le__isnull=True).exclude(demande__etat=Etat.RETIREE)
    compte = etapes.aggregate(
        toutes=Count("demande"),
        demandes=Count("demande", distinct=True),
        accusees=Count("demande", filter=Q(accusee_le__isnull=False)),
    )
    retirees = Demande.objects.filter(etat=Etat.RETIREE).order_by()
    accusees_retirees = etapes.filter(accusee_le__isnull=False, demande__etat=Etat.RETIREE)
    return Bilan(
        deposees=Evenement.objects.filter(verbe="deposer_demande").count(),
        accusees=compte["accusees"] - accusees_retirees.count(),
        en_attente=_a_router().count()
        + ouvertes.filter(_A_REMETTRE).count()
        + ouvertes.filter(_A_ACCUSER).count(),
        en_quarantaine=ouvertes.filter(quarantaine_le__isnull=False).count(),
        retirees=retirees.count(),
        doublons=compte["toutes"] - compte["demandes"],
        plus_ancienne_due=plus_ancienne_due(),
    )


def introuvables() -> DemandeQuerySet:
    """Demandes that wait for nothing and are nowhere: what `perdues` counts, but for rows that
    vanished.
    """
    placees = Acheminement.objects.filter(_DE_REFERENCE, demande=OuterRef("pk")).filter(
        Q(accusee_le__isnull=False) | Q(quarantaine_le__isnull=False) | _A_REMETTRE | _A_ACCUSER
    )
    return (
        Demande.objects.exclude(etat=Etat.RETIREE)
        .exclude(pk__in=_a_router().values("pk"))
        .filter(~Exists(placees))
    )


def _a_router() -> DemandeQuerySet:
    """Those that no desk has yet, and that have a date at which routing is tried."""
    etapes = Acheminement.objects.filter(_DE_REFERENCE, demande=OuterRef("pk"))
    return (
        Demande.objects.a_router()
        .filter(~Exists(etapes), prochaine_tentative__isnull=False)
        .order_by()
    )


def plus_ancienne_due() -> datetime | None:
    """When what is due for the longest time was due; None when nothing waits for its turn.

    What a breaker or a lease holds back is due all the same: it is what people wait for.
    """
    remises = Acheminement.objects.a_remettre().order_by()
    orientations = Demande.objects.a_router().filter(file="").order_by()
    dues = [
        lignes.aggregate(due=Min("prochaine_tentative"))["due"]
        for lignes in (remises, orientations)
    ]
    return min((due for due in dues if due is not None), default=None)
