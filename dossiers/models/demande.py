"""The unit of work: one dossier x one aide x one guichet."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from aides.models import Aide, VersionAide
from dossiers.circuit import CIRCUIT, ETATS_FINAUX, Etat, Qui, Transition
from dossiers.horloge import echeance
from dossiers.models.dossier import Dossier, VersionDossier
from dossiers.querysets import DemandeQuerySet
from portal.comptes.models import User
from portal.socle.permissions import Permission
from territoires.models import Commune
from territoires.organismes.models import Guichet

#: A company whose demande no desk has opened is told so, once.
SILENCE_DIT = timedelta(days=3)


class Demande(models.Model):
    """A request for one aide, with its own state, officer, clock and decision."""

    class File(models.TextChoices):
        """The human queue, by the reason that put a request there."""

        AUCUNE = "", "Aucune"
        SANS_GUICHET = "sans_guichet", "Aucun guichet compétent"
        PLUSIEURS_GUICHETS = "plusieurs_guichets", "Plusieurs guichets compétents"
        REORIENTEE = "reorientee", "Rendue par un guichet"

    identifiant = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="demandes")
    aide = models.ForeignKey(Aide, models.PROTECT, related_name="demandes")
    version_dossier = models.ForeignKey(VersionDossier, models.PROTECT, related_name="demandes")
    version_aide = models.ForeignKey(VersionAide, models.PROTECT, related_name="demandes")
    #: Place of the project, decided at the commune.
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="demandes")
    guichet = models.ForeignKey(
        Guichet, models.PROTECT, null=True, blank=True, related_name="demandes"
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="demandes_suivies",
    )
    etat = models.CharField("état", max_length=20, choices=Etat, default=Etat.A_ROUTER)
    deposee_le = models.DateTimeField("déposée le")
    #: Day on which silence means rejection (CRPA, article L231-4, 3°). While the company is
    #: waited for, the latest it can be: as if the answer came on the last day.
    echeance = models.DateField("échéance")
    #: Euros; null when it cannot be computed from the answers.
    montant_estime = models.DecimalField(
        "montant estimé", max_digits=14, decimal_places=2, null=True, blank=True
    )
    montant_accorde = models.DecimalField(
        "montant accordé", max_digits=14, decimal_places=2, null=True, blank=True
    )
    motif = models.TextField("motif de la décision", max_length=3000, blank=True)
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True)
    #: When routing must be tried next; never null while the request is to be routed.
    prochaine_tentative = models.DateTimeField(
        "prochaine tentative", null=True, blank=True, default=timezone.now
    )
    file = models.CharField("file humaine", max_length=20, choices=File, blank=True, default="")
    file_motif = models.CharField("motif de mise en file", max_length=500, blank=True)
    #: When the company is told that no desk has opened its demande, if none has by then; null
    #: once that was looked at.
    a_prevenir_le = models.DateTimeField("entreprise à prévenir le", null=True, blank=True)
    #: Why a person chose this desk, when the rules named none.
    motif_orientation = models.TextField("motif de l’orientation", max_length=3000, blank=True)

    objects = DemandeQuerySet.as_manager()

    class Meta:
        verbose_name = "demande"
        ordering = ("-deposee_le", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["dossier", "aide"], name="une_demande_par_aide"),
            models.CheckConstraint(
                condition=~Q(etat="a_router") | Q(prochaine_tentative__isnull=False),
                name="a_router_a_une_prochaine_tentative",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["a_router", "retiree"]) | Q(guichet__isnull=False),
                name="hors_routage_a_un_guichet",
            ),
            models.CheckConstraint(
                condition=Q(montant_accorde__isnull=True) | Q(montant_accorde__gt=0),
                name="montant_accorde_positif",
            ),
        ]
        indexes = [
            models.Index(fields=["guichet", "etat", "-deposee_le"]),
            models.Index(fields=["commune", "-deposee_le"]),
            models.Index(fields=["guichet", "echeance"]),
            models.Index(
                fields=["prochaine_tentative"],
                condition=Q(etat="a_router"),
                name="demandes_a_router",
            ),
            models.Index(
                fields=["a_prevenir_le"],
                condition=Q(a_prevenir_le__isnull=False),
                name="demandes_a_prevenir",
            ),
        ]

    def __str__(self) -> str:
        return self.numero

    def save(self, *args: Any, **options: Any) -> None:
        if self._state.adding:
            self.dater()
        super().save(*args, **options)

    def dater(self) -> None:
        """The dates that follow from that of the deposit; `save` does it for a new row."""
        self.echeance = echeance(self.deposee_le)
        self.a_prevenir_le = self.deposee_le + SILENCE_DIT

    @property
    def numero(self) -> str:
        return f"{self.dossier.numero}-{self.pk}"

    @property
    def est_close(self) -> bool:
        return self.etat in ETATS_FINAUX

    @property
    def echeance_depassee(self) -> bool:
        """Open, and silent for too long."""
        return not self.est_close and self.echeance < timezone.localdate()

    @property
    def attend_l_entreprise_jusqu_au(self) -> date | None:
        """Last day to answer of the request for more that waits; of rows `with_details`."""
        attendue: date | None = self.complement_attendu_le  # type: ignore[attr-defined]
        return attendue

    @property
    def est_suspendue(self) -> bool:
        """Whether the statutory clock stands still today (CRPA, article L114-5)."""
        attendue = self.attend_l_entreprise_jusqu_au
        return attendue is not None and attendue >= timezone.localdate() and not self.est_close

    def permissions(self, user: User) -> dict[str, Permission]:
        """Each act that a person may do, and whether this one may now, with the reason."""
        situation = _Situation(
            administration=user.is_staff,
            de_l_entreprise=user.adhesions.filter(
                etat="actif", entreprise__dossiers__demandes=self
            ).exists(),
            du_guichet=user.affectations.filter(guichet__demandes=self).exists(),
            la_suit=self.agent_id is not None and self.agent_id == user.pk,
            complement=self.complements.filter(close_le__isnull=True).exists(),
            etapes=tuple(
                self.acheminements.filter(
                    guichet=F("demande__guichet"), remise_le__isnull=False, rendue_le__isnull=True
                )
                .order_by("pk")
                .values_list("accusee_le", flat=True)
            ),
        )
        return {
            transition.acte: Permission(allowed=not reason, reason=reason)
            for transition in CIRCUIT.values()
            if transition.qui is not Qui.SYSTEME
            for reason in [self._obstacle(transition, situation)]
        }

    def _obstacle(self, transition: Transition, situation: _Situation) -> str:
        """Why the act is refused, or an empty string."""
        return self._obstacle_personne(transition, situation) or self._obstacle_demande(
            transition, situation
        )

    def _obstacle_personne(self, transition: Transition, situation: _Situation) -> str:
        """Why it is not for this person."""
        if transition.qui is Qui.ADMINISTRATION:
            if not situation.administration:
                return "Seule l’administration du portail peut choisir le guichet."
            if not self.file:
                return "Cette demande n’attend pas qu’on choisisse son guichet."
        elif transition.qui is Qui.ENTREPRISE:
            if not situation.de_l_entreprise:
                return "Seule l’entreprise qui a déposé la demande peut le faire."
        elif not (situation.du_guichet and situation.etapes):
            return "Seuls les agents du guichet compétent peuvent agir."
        elif transition.acte == "accuser" and any(situation.etapes):
            return "Cette demande est déjà ouverte."
        elif transition.acte == "prendre_le_relais" and situation.la_suit:
            return "Vous suivez déjà cette demande."
        return ""

    def _obstacle_demande(self, transition: Transition, situation: _Situation) -> str:
        """Why it is not possible now."""
        if self.etat not in transition.de:
            return (
                f"Cette demande est « {self.get_etat_display()} » : "
                f"« {transition.libelle} » n’est pas possible dans cet état."
            )
        if transition.ouverte and not any(situation.etapes):
            return "Ouvrez d’abord la demande : son ouverture vaut prise de connaissance."
        if transition.complement is False and situation.complement:
            return "Une demande de compléments attend déjà la réponse de l’entreprise."
        if transition.complement and not situation.complement:
            return "Aucune demande de compléments n’attend de réponse."
        return ""


@dataclass(frozen=True, slots=True)
class _Situation:
    """Who asks, whether a request for more waits for its answer, and the acknowledgement of
    each handing over to the current desk.
    """

    administration: bool
    de_l_entreprise: bool
    du_guichet: bool
    la_suit: bool
    complement: bool
    etapes: tuple[datetime | None, ...]
