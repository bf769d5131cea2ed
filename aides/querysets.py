"""Named filters of the catalogue, which read as sentences."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Prefetch, Q, QuerySet

if TYPE_CHECKING:
    from aides.models import Aide  # noqa: F401


class AideQuerySet(QuerySet["Aide"]):
    """Aides of the catalogue; every filter looks at the published version."""

    def publiees(self) -> Self:
        """Those that have a published version, whatever its status."""
        return self.filter(version__isnull=False)

    def ouvertes(self, le: date) -> Self:
        """Those a company can ask for on that day, as far as their source says."""
        return (
            self.publiees()
            .exclude(version__statut="close")
            .filter(Q(version__ouverture__isnull=True) | Q(version__ouverture__lte=le))
            .filter(Q(version__cloture__isnull=True) | Q(version__cloture__gte=le))
        )

    def with_version(self) -> Self:
        """With the published version and its porteurs, in two queries."""
        porteurs: Prefetch[Any] = Prefetch("version__porteurs__organisme")
        return self.select_related("version").prefetch_related(porteurs)
