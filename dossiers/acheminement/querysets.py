"""Named filters of the handings over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from dossiers.acheminement.models.disjoncteur import Disjoncteur
from dossiers.circuit import ETATS_FINAUX
from portal.comptes.models import User
from territoires.organismes.models import Canal

if TYPE_CHECKING:
    from dossiers.acheminement.models import Acheminement  # noqa: F401

#: Of record: what is sent to a system besides was handed over otherwise.
_VERS_LE_SYSTEME = Q(canal=Canal.WEBHOOK, de_reference=True)
_SYSTEME_ARRETE = (
    _VERS_LE_SYSTEME & ~Q(guichet__connexion__active=True) & ~Q(guichet__canal=Canal.WEBHOOK)
)


def annonces_en_attente(instant: datetime) -> Q:
    """Announcements that wait until what they announce is handed over."""
    return Q(
        canal=Canal.COURRIEL, de_reference=False, tentatives=0, prochaine_tentative__gt=instant
    )


class AcheminementQuerySet(QuerySet["Acheminement"]):
    """Handings over."""

    def a_remettre(self) -> Self:
        """Still to be handed over: neither set aside, nor without object, nor redirected."""
        return self.filter(
            remise_le__isnull=True,
            rendue_le__isnull=True,
            quarantaine_le__isnull=True,
            sans_objet_le__isnull=True,
        )

    def dus(self, instant: datetime) -> Self:
        """Due, held by no living lease, of desks that nothing tells to leave alone; the longest
        due first.
        """
        libre = Q(bail_jusqu_a__isnull=True) | Q(bail_jusqu_a__lt=instant)
        ouvert = Disjoncteur.objects.filter(
            guichet=OuterRef("guichet"), canal=OuterRef("canal"), ouvert_jusqu_a__gt=instant
        )
        return (
            self.a_remettre()
            .filter(libre, ~Exists(ouvert), prochaine_tentative__lte=instant)
            .order_by("prochaine_tentative", "pk")
        )

    def de_reference(self) -> Self:
        return self.filter(de_reference=True)

    def actifs(self) -> Self:
        """Of desks that still have the demande: neither given back nor without object."""
        return self.filter(rendue_le__isnull=True, sans_objet_le__isnull=True)

    def non_accuses(self) -> Self:
        """Handed over, and nobody at the desk has said that it has them."""
        return self.actifs().filter(remise_le__isnull=False, accusee_le__isnull=True)

    def with_canal_attendu(self) -> Self:
        """`canal_attendu`: the channel by which the desk is now expected to acknowledge.

        What was handed over again, to the system that the desk was connected to since, is
        expected from there (`webhook.actes.transmettre`).
        """
        transmises = self.model.objects.filter(
            demande=OuterRef("demande"),
            guichet=OuterRef("guichet"),
            canal=Canal.WEBHOOK,
            remise_le__isnull=False,
            rendue_le__isnull=True,
        )
        ensuite = Coalesce(Subquery(transmises.values("canal")[:1]), F("canal"))
        # Only of a desk that changed its channel is it asked.
        return self.annotate(
            canal_attendu=Case(When(canal=F("guichet__canal"), then=F("canal")), default=ensuite)
        )

    def a_relancer(self, instant: datetime) -> Self:
        """Whose desk is to be reminded, or is a person's to see to; the longest due first."""
        return (
            self.non_accuses()
            .filter(de_reference=True, a_la_main_le__isnull=True, prochaine_relance__lte=instant)
            .order_by("prochaine_relance", "pk")
        )

    def accuser(self, voie: str, user: User | None = None) -> int:
        """Write the acknowledgement on those that have none; nobody is chased any more."""
        return self.filter(accusee_le__isnull=True).update(
            accusee_le=timezone.now(), accuse_voie=voie, accusee_par=user, prochaine_relance=None
        )

    def en_quarantaine(self) -> Self:
        return self.filter(quarantaine_le__isnull=False)

    def a_rejouer(self) -> Self:
        """Not handed over, and either set aside, waiting after a failure, or to be diverted."""
        return self.actifs().filter(
            Q(quarantaine_le__isnull=False) | ~Q(derniere_erreur="") | _SYSTEME_ARRETE,
            remise_le__isnull=True,
        )

    def vers_le_systeme(self) -> Self:
        """Not handed over, and meant for the system of their desk."""
        return self.actifs().filter(_VERS_LE_SYSTEME, remise_le__isnull=True)

    def a_devier(self) -> dict[int, str]:
        """Those not handed over that are meant for a system to which their desk is no longer
        connected, by primary key: the channel by which they reach it today.
        """
        # What the e-mails of the desk announce already waits in its inbox.
        prises = self.model.objects.filter(
            demande=OuterRef("demande"),
            version_dossier=OuterRef("version_dossier"),
            guichet=OuterRef("guichet"),
            canal=OuterRef("guichet__canal"),
            rendue_le__isnull=True,
        )
        actuel = Case(When(Exists(prises), then=Value(Canal.PORTAIL)), default=F("guichet__canal"))
        lignes = self.actifs().filter(_SYSTEME_ARRETE, remise_le__isnull=True).order_by()
        return dict(lignes.annotate(canal_actuel=actuel).values_list("pk", "canal_actuel"))

    def taches_humaines(self) -> Self:
        """Whose desk did not react to any reminder: a person sees to it that it does."""
        ouvertes = self.exclude(demande__etat__in=ETATS_FINAUX)
        return ouvertes.non_accuses().filter(a_la_main_le__isnull=False)
