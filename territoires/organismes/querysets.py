"""Named filters of organismes and desks, which read as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from portal.comptes.models import User

if TYPE_CHECKING:
    from territoires.organismes.models import Guichet, Organisme  # noqa: F401


class OrganismeQuerySet(QuerySet["Organisme"]):
    """Organismes."""

    def administres_par(self, user: User) -> Self:
        """Those whose desks and officers this person manages; all for the portal's own."""
        if user.is_staff:
            return self.all()
        return self.filter(pk__in=user.administrations.values("organisme"))

    def avec_catalogue_de(self, user: User) -> Self:
        """Those whose aides this person writes; all for the portal's own."""
        if user.is_staff:
            return self.all()
        return self.filter(pk__in=user.gestions.values("organisme"))


class GuichetQuerySet(QuerySet["Guichet"]):
    """Desks."""

    def ouverts(self) -> Self:
        """Those that may receive a new demande."""
        return self.filter(ferme_le__isnull=True)
