"""Named filters of companies, dossiers and demandes, which read as sentences.

Every page and every endpoint starts from `visibles_par(user)`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, cast

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Substr

from dossiers.circuit import ETATS_FINAUX, Etat
from portal.comptes.models import User
from territoires.organismes.models import AgentGuichet

if TYPE_CHECKING:
    from dossiers.models import (  # noqa: F401
        Demande,
        Document,
        Dossier,
        Entreprise,
        Membre,
        Piece,
    )


class EntrepriseQuerySet(QuerySet["Entreprise"]):
    """Companies."""

    def visibles_par(self, user: User) -> Self:
        """Those of which the user is an accepted member: a pending claim shows nothing."""
        return self.filter(pk__in=user.adhesions.filter(etat="actif").values("entreprise"))


class MembreQuerySet(QuerySet["Membre"]):
    """Memberships and claims."""

    def a_accepter_par(self, user: User) -> Self:
        """The claims that this person may answer, as an administrator of the company."""
        gerees = user.adhesions.filter(etat="actif", role="responsable")
        return (
            self.filter(etat="en_attente", entreprise__in=gerees.values("entreprise"))
            .select_related("entreprise", "user")
            .order_by("depuis", "pk")
        )


class DossierQuerySet(QuerySet["Dossier"]):
    """Dossiers."""

    def visibles_par(self, user: User) -> Self:
        """The dossiers of the user's companies: officers see demandes, not dossiers."""
        adhesions = user.adhesions.filter(etat="actif")
        return self.filter(entreprise__in=adhesions.values("entreprise"))

    def brouillons(self) -> Self:
        return self.filter(depose_le__isnull=True)

    def with_a_faire(self) -> Self:
        """With `reponses_attendues`, requests of the desks that wait for an answer, and
        `messages_non_lus`, messages of the desks that wait to be read.
        """
        demandes: Any = self.model.demandes.rel.related_model
        complements = demandes.complements.rel.related_model._default_manager
        recus = demandes.messages.rel.related_model._default_manager
        return self.annotate(
            reponses_attendues=_nombre(
                complements.filter(demande__dossier=OuterRef("pk"), close_le__isnull=True)
            ),
            messages_non_lus=_nombre(
                recus.filter(demande__dossier=OuterRef("pk"), cote="guichet", lu_le__isnull=True)
            ),
        )

    def deposes(self) -> Self:
        return self.filter(depose_le__isnull=False)


class DemandeQuerySet(QuerySet["Demande"]):
    """Demandes."""

    def visibles_par(self, user: User) -> Self:
        """Own company's, and those one sees as an officer or an administrator."""
        adhesions = user.adhesions.filter(etat="actif")
        if user.is_staff:
            return self.all()
        return self.filter(
            Q(dossier__entreprise__in=adhesions.values("entreprise")) | self._au_guichet(user)
        )

    def visibles_au_guichet(self, user: User) -> Self:
        """Own desk's, those located in one's EPCI; all for administrators."""
        return self.all() if user.is_staff else self.filter(self._au_guichet(user))

    def _au_guichet(self, user: User) -> Q:
        mes_guichets = self.model.objects.de_mes_guichets(user).order_by()
        return Q(pk__in=mes_guichets.values("pk")) | Q(commune__epci__in=_epci_de(user))

    def de_mes_guichets(self, user: User) -> Self:
        """Those a desk of the user reviews: handed over to it, whatever their state."""
        return self.filter(
            guichet__in=user.affectations.values("guichet"),
            pk__in=self.model.objects.filter(
                acheminements__guichet=F("guichet"),
                acheminements__remise_le__isnull=False,
                acheminements__rendue_le__isnull=True,
            )
            .order_by()
            .values("pk"),
        )

    def de_mon_territoire(self, user: User) -> Self:
        """Those located in the EPCI of the user, whoever decides them."""
        return self.filter(commune__epci__in=_epci_de(user))

    def a_router(self) -> Self:
        return self.filter(etat=Etat.A_ROUTER)

    def a_router_d_office(self) -> Self:
        """Those that the rules may route: what a desk gave back waits for a person."""
        return self.a_router().exclude(file=self.model.File.REORIENTEE)

    def a_router_avant(self, instant: datetime) -> Self:
        """Due for an attempt at routing, the longest due first."""
        return (
            self.a_router_d_office()
            .filter(prochaine_tentative__lte=instant)
            .order_by("prochaine_tentative", "pk")
        )

    def a_prevenir(self, instant: datetime) -> Self:
        """Whose company is due to be told how long its desk takes, the longest due first."""
        return self.filter(a_prevenir_le__lte=instant).order_by("a_prevenir_le", "pk")

    def en_file_humaine(self) -> Self:
        return self.a_router().exclude(file="")

    def en_cours(self) -> Self:
        return self.exclude(etat__in=ETATS_FINAUX)

    def with_messages_non_lus(self, ecrits_par: str) -> Self:
        """With `messages_non_lus`: how many of that side (`Message.Cote`) wait to be read."""
        recus = self.model.messages.rel.related_model._default_manager.filter(
            demande=OuterRef("pk"), cote=ecrits_par, lu_le__isnull=True
        )
        return self.annotate(messages_non_lus=_nombre(recus))

    def with_details(self) -> Self:
        """With all that a line of a list shows, in one query; `complement_attendu_le` is the
        last day to answer of the request for more that waits, `agent_parti` says that the
        officer who followed the demande has left its desk.
        """
        attendus = self.model.complements.rel.related_model._default_manager.filter(
            demande=OuterRef("pk"), close_le__isnull=True
        ).order_by()
        encore_la = AgentGuichet.objects.filter(guichet=OuterRef("guichet"), user=OuterRef("agent"))
        return self.select_related(
            "dossier__entreprise", "version_aide", "guichet__organisme", "agent", "commune__epci"
        ).annotate(
            complement_attendu_le=Subquery(attendus.values("attendue_le")[:1]),
            agent_parti=Q(agent__isnull=False) & ~Exists(encore_la),
        )


class PieceQuerySet(QuerySet["Piece"]):
    """Files."""

    def gardees(self) -> Self:
        """Those that the company has not taken back."""
        return self.filter(retiree_le__isnull=True)

    def visibles_par(self, user: User) -> Self:
        """Own company's, and those that a desk of the user, or their EPCI, may read."""
        adhesions = user.adhesions.filter(etat="actif")
        modele = cast("type[Demande]", self.model.demande.field.related_model)
        demandes = modele.objects.visibles_au_guichet(user).order_by()
        au_guichet = Q(demande__in=demandes.values("pk")) | Q(
            demande__isnull=True, dossier__in=demandes.values("dossier")
        )
        envoyees = Q(element__isnull=True) | Q(element__complement__close_le__isnull=False)
        return self.gardees().filter(
            Q(dossier__entreprise__in=adhesions.values("entreprise")) | (envoyees & au_guichet)
        )

    def de_la_demande(self, demande: Demande) -> Self:
        """Those that the desk of a demande reads: its own, and those of the whole dossier; not
        the answer that the company is still preparing.
        """
        return self.gardees().filter(
            Q(demande=demande) | Q(demande__isnull=True, dossier=demande.dossier_id),
            Q(element__isnull=True) | Q(element__complement__close_le__isnull=False),
        )


class DocumentQuerySet(QuerySet["Document"]):
    """Acknowledgements and decisions."""

    def dus(self, instant: datetime) -> Self:
        """Still to be written and due, the longest due first."""
        return self.filter(produit_le__isnull=True, prochaine_tentative__lte=instant).order_by(
            "prochaine_tentative", "pk"
        )


def _nombre(lignes: QuerySet[Any]) -> Coalesce:
    """How many rows of a correlated queryset, as a column."""
    comptees = lignes.order_by().annotate(_=Value(1)).values("_").annotate(n=Count("pk"))
    return Coalesce(Subquery(comptees.values("n")), 0)


def _epci_de(user: User) -> QuerySet[AgentGuichet, Any]:
    """SIREN of the EPCI of which the user is an officer."""
    return (
        user.affectations.filter(guichet__organisme__type="epci")
        .annotate(siren_epci=Substr("guichet__organisme__territoire", len("EPCI-") + 1))
        .values("siren_epci")
    )
