"""The requests for what is missing and the statutory clock: what both sides' acts share."""

from __future__ import annotations

from django.utils import timezone

from dossiers.horloge import echeance
from dossiers.models import Complement, Demande
from portal.comptes.models import User


def verrouiller(demande: Demande) -> Demande:
    """The locked row of the demande, which goes before those of its requests in every act."""
    return Demande.objects.select_for_update().get(pk=demande.pk)


def en_cours(demande: Demande) -> Complement | None:
    """The request that waits for its answer, if any."""
    return demande.complements.filter(close_le__isnull=True).first()


def clore(*, complement: Complement, cloture: Complement.Cloture, par: User | None = None) -> None:
    """End the request now: the clock runs again since the earlier of now and its due date."""
    complement.close_le, complement.cloture = timezone.now(), cloture
    complement.repondue_par = par
    complement.save(update_fields=["close_le", "cloture", "repondue_par"])
    recalculer(complement.demande)


def recalculer(demande: Demande) -> None:
    """Write the day on which silence means rejection, from the requests as they are."""
    suspensions = [complement.suspension for complement in demande.complements.all()]
    demande.echeance = echeance(demande.deposee_le, suspensions)
    demande.save(update_fields=["echeance"])


def pour_journal(complement: Complement) -> dict[str, object]:
    """What the journal keeps when the request ends today: the period of suspension."""
    fin = min(complement.attendue_le, timezone.localdate())
    return {
        "complement": complement.pk,
        "debut": timezone.localdate(complement.demandee_le).isoformat(),
        "fin": fin.isoformat(),
        "en_retard": complement.est_en_retard,
    }
