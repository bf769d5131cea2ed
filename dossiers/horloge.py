"""The statutory clock of a demande."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

#: Silence for two months means rejection (CRPA, article L231-4, 3°).
MOIS_DE_SILENCE = 2


class Suspension(NamedTuple):
    """A period during which the clock stands still: from the request for missing pieces to the
    earlier of the answer and the due date (CRPA, article L114-5).
    """

    debut: date
    fin: date

    @property
    def jours(self) -> int:
        return max((self.fin - self.debut).days, 0)


def echeance(deposee_le: datetime, suspensions: Iterable[Suspension] = ()) -> date:
    """The day on which silence means rejection, from date to date in Paris time.

    The delay runs from receipt by the first administration (CRPA, article L114-3), whatever
    desk has it since; where the month has no such day, its last day (31 December -> 28 or 29
    February). Each day of the suspensions, which do not overlap, is given back at the end
    (CRPA, article L114-5); one that starts after the delay has run out revives nothing.
    """
    jour = timezone.localdate(deposee_le)
    annee, mois = divmod(jour.year * 12 + jour.month - 1 + MOIS_DE_SILENCE, 12)
    dernier = calendar.monthrange(annee, mois + 1)[1]
    fin = date(annee, mois + 1, min(jour.day, dernier))
    for suspension in sorted(suspensions):
        if suspension.debut <= fin:
            fin += timedelta(days=suspension.jours)
    return fin
