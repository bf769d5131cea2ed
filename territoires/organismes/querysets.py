"""Named filters of organismes and desks, which read as sentences."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from portal.comptes.models import User

if TYPE_CHECKING:
    from territoires.organismes.models import (  # noqa: F401
        Competence,
        Convention,
        Guichet,
        Organisme,
    )


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


class CompetenceQuerySet(QuerySet["Competence"]):
    """Who is competent for what, where and when."""

    def en_vigueur(self, le: date) -> Self:
        """Those that hold on that day, their last day included."""
        return self.filter(Q(fin__isnull=True) | Q(fin__gte=le), debut__lte=le)

    def gerees_par(self, user: User) -> Self:
        """Those of the desks of the organismes whose catalogue this person keeps; all for the
        portal's own."""
        if user.is_staff:
            return self.all()
        return self.filter(guichet__organisme__in=user.gestions.values("organisme"))

    def with_details(self) -> Self:
        """With their desk, its organisme and their convention, in the same query."""
        return self.select_related("guichet__organisme", "convention")


class ConventionQuerySet(QuerySet["Convention"]):
    """Agreements."""

    def visibles_par(self, user: User) -> Self:
        """Those to which an organisme of this catalogue manager is a party; all for the portal's
        own."""
        if user.is_staff:
            return self.all()
        miens = user.gestions.values("organisme")
        lies = self.model.objects.filter(Q(donneurs__in=miens) | Q(receveurs__in=miens))
        return self.filter(pk__in=lies.order_by().values("pk"))

    def modifiables_par(self, user: User) -> Self:
        """Those by which an organisme of this person gives: who receives does not serve
        itself."""
        if user.is_staff:
            return self.all()
        donnees = self.model.objects.filter(donneurs__in=user.gestions.values("organisme"))
        return self.filter(pk__in=donnees.order_by().values("pk"))
