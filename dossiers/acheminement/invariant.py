"""The live proof that nothing is lost: what was filed is somewhere, exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, FilteredRelation, Min, Q, Value, When
from django.db.models.fields import CharField

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


#: Where a demande is, the first that holds; one that waits has a date at which it is taken up.
_A_REMETTRE = Q(
    etape__remise_le__isnull=True,
    etape__prochaine_tentative__isnull=False,
    etape__quarantaine_le__isnull=True,
)
_A_ACCUSER = Q(etape__remise_le__isnull=False) & (
    Q(etape__prochaine_relance__isnull=False) | Q(etape__a_la_main_le__isnull=False)
)
_A_ROUTER = Q(etat=Etat.A_ROUTER, etape__isnull=True, prochaine_tentative__isnull=False)
_PLACES = (
    ("retirees", Q(etat=Etat.RETIREE)),
    ("accusees", Q(etape__accusee_le__isnull=False)),
    ("en_quarantaine", Q(etape__quarantaine_le__isnull=False)),
    ("en_attente", _A_ROUTER | _A_REMETTRE | _A_ACCUSER),
)
_PLACE = Case(
    *(When(condition, then=Value(place)) for place, condition in _PLACES),
    default=Value(""),
    output_field=CharField(),
)


def bilan() -> Bilan:
    """The invariant now, of all demandes, in three queries of one read each."""
    places = (
        _avec_etape()
        .order_by()
        .annotate(place=_PLACE)
        .values("place")
        .annotate(lignes=Count("pk"), nombre=Count("pk", distinct=True))
    )
    comptees = {ligne["place"]: ligne for ligne in places}
    return Bilan(
        deposees=Evenement.objects.filter(verbe="deposer_demande").count(),
        doublons=sum(ligne["lignes"] - ligne["nombre"] for ligne in comptees.values()),
        plus_ancienne_due=plus_ancienne_due(),
        **{place: comptees[place]["nombre"] if place in comptees else 0 for place, _ in _PLACES},
    )


def introuvables() -> DemandeQuerySet:
    """Demandes that wait for nothing and are nowhere: what `perdues` counts, but for rows that
    vanished.
    """
    return _avec_etape().annotate(place=_PLACE).filter(place="")


def _avec_etape() -> DemandeQuerySet:
    """Demandes with the handing over that counts."""
    reference = Q(acheminements__de_reference=True, acheminements__rendue_le__isnull=True)
    return Demande.objects.annotate(etape=FilteredRelation("acheminements", condition=reference))


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
