"""Named filters of the runs of reverse matching."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Count, Q, QuerySet

from dossiers.rapprochement.inverse.effets import Sens

if TYPE_CHECKING:
    from dossiers.rapprochement.models import RechercheInverse  # noqa: F401


class RechercheInverseQuerySet(QuerySet["RechercheInverse"]):
    """Runs."""

    def dues(self, instant: datetime) -> Self:
        """Unfinished, due, and held by no living lease, the longest due first."""
        libre = Q(bail_jusqu_a__isnull=True) | Q(bail_jusqu_a__lt=instant)
        return self.filter(
            libre, terminee_le__isnull=True, prochaine_tentative__lte=instant
        ).order_by("prochaine_tentative", "pk")

    def with_publication(self) -> Self:
        """With what the publication is and who made it."""
        return self.select_related(
            "publication__aide", "publication__avant", "publication__apres", "publication__par"
        )

    def with_nombres(self) -> Self:
        """With `gagnes`, `perdus`, `autres` and `annonces`: how many dossiers."""
        par_sens = {f"{s.value}s": Count("changements", Q(changements__sens=s)) for s in Sens}
        return self.annotate(
            **par_sens,
            annonces=Count("changements", Q(changements__annonce_le__isnull=False)),
        )
