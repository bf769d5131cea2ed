"""The sweep: whatever is due, hint or no hint, each row on its own."""

from __future__ import annotations

import logging

from django.utils import timezone

from dossiers.acheminement.actes.orientation import router
from dossiers.acheminement.actes.remise import REPRISES, remettre_suivant
from dossiers.acheminement.models import Acheminement
from dossiers.acheminement.querysets import AcheminementQuerySet
from dossiers.models import Demande
from dossiers.querysets import DemandeQuerySet

journal = logging.getLogger(__name__)

#: How many rows of each kind one sweep takes: others take the rest.
LOT = 200


def acheminer(*, version_dossier_id: int) -> None:
    """Route and hand over every request of a deposit, as the hint of the deposit asks."""
    _traiter(
        Demande.objects.a_router().filter(version_dossier=version_dossier_id, file=""),
        Acheminement.objects.filter(version_dossier=version_dossier_id),
    )


def balayer() -> int:
    """Take up whatever is due, hint or no hint; how many rows were taken.

    Two sweeps at once share the work: each row is locked or leased before it is touched, and
    what another holds is passed over.
    """
    return _traiter(Demande.objects.a_router_avant(timezone.now()), Acheminement.objects.all())


def reste_apres_un_lot() -> bool:
    """Whether more is due than one sweep takes."""
    maintenant = timezone.now()
    demandes = Demande.objects.a_router_avant(maintenant)
    acheminements = Acheminement.objects.dus(maintenant)
    return demandes[LOT : LOT + 1].exists() or acheminements[LOT : LOT + 1].exists()


def _traiter(demandes: DemandeQuerySet, acheminements: AcheminementQuerySet) -> int:
    """Each row on its own: what fails with one is logged and due again, the others go on."""
    pks = list(demandes.values_list("pk", flat=True)[:LOT])
    for pk in pks:
        _router(pk)
    # Asked after routing, so that what was just routed is handed over at once.
    remis = 0
    while remis < LOT and remettre_suivant(acheminements) is not None:
        remis += 1
    return len(pks) + remis


def _router(demande_id: int) -> None:
    try:
        router(demande_id=demande_id)
    except Exception:  # one poisoned request must not stop the others
        journal.exception("Demande %s : orientation en échec", demande_id)
        Demande.objects.a_router().filter(pk=demande_id).update(
            prochaine_tentative=timezone.now() + REPRISES[0]
        )
