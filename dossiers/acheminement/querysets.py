"""Named filters of the handings over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from dossiers.circuit import ETATS_FINAUX

if TYPE_CHECKING:
    from dossiers.acheminement.models import Acheminement  # noqa: F401


class AcheminementQuerySet(QuerySet["Acheminement"]):
    """Handings over."""

    def a_remettre(self) -> Self:
        """Still to be handed over: neither withdrawn or decided, nor redirected meanwhile."""
        return self.filter(remise_le__isnull=True, rendue_le__isnull=True).exclude(
            demande__etat__in=ETATS_FINAUX
        )

    def dus(self, instant: datetime) -> Self:
        """Due, and held by no living lease, the longest due first."""
        libre = Q(bail_jusqu_a__isnull=True) | Q(bail_jusqu_a__lt=instant)
        return (
            self.a_remettre()
            .filter(libre, prochaine_tentative__lte=instant)
            .order_by("prochaine_tentative", "pk")
        )

    def de_reference(self) -> Self:
        return self.filter(de_reference=True)
