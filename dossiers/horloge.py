"""The statutory clock of a demande."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

from django.utils import timezone

#: Silence for two months means rejection (CRPA, article L231-4, 3°).
MOIS_DE_SILENCE = 2


def echeance(deposee_le: datetime) -> date:
    """The day on which silence means rejection, from date to date in Paris time.

    The delay runs from receipt by the first administration (CRPA, article L114-3); where the
    month has no such day, its last day (31 December -> 28 or 29 February).
    """
    jour = timezone.localdate(deposee_le)
    annee, mois = divmod(jour.year * 12 + jour.month - 1 + MOIS_DE_SILENCE, 12)
    dernier = calendar.monthrange(annee, mois + 1)[1]
    return date(annee, mois + 1, min(jour.day, dernier))


def deposees_avant(limite: date) -> datetime:
    """The instant before which a demande was filed when its `echeance` is before `limite`.

    Several days may share one due date (28 to 31 December), so that it is searched for.
    """
    jour = limite - timedelta(days=31 * MOIS_DE_SILENCE)
    while echeance(_minuit(jour)) < limite:
        jour += timedelta(days=1)
    return _minuit(jour)


def _minuit(jour: date) -> datetime:
    return timezone.make_aware(datetime.combine(jour, time.min))
