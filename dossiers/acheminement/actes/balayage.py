"""The sweep: whatever is due, hint or no hint, each row on its own."""

from __future__ import annotations

import logging
from collections import defaultdict

from django.utils import timezone

from dossiers.acheminement.actes.orientation import router_ensemble
from dossiers.acheminement.actes.remise import REPRISES, remettre_suivant
from dossiers.acheminement.models import Acheminement
from dossiers.models import Demande
from dossiers.querysets import DemandeQuerySet

journal = logging.getLogger(__name__)

#: How many rows of each kind one sweep takes: others take the rest.
LOT = 200


def acheminer(*, version_dossier_id: int) -> None:
    """Route and hand over every request of a deposit, as the hint of the deposit asks."""
    a_router = Demande.objects.a_router().filter(version_dossier=version_dossier_id, file="")
    _traiter(a_router, version_dossier=version_dossier_id)


def balayer() -> int:
    """Take up whatever is due, hint or no hint; how many rows were taken.

    Two sweeps at once share the work: each row is locked or leased before it is touched, and
    what another holds is passed over.
    """
    return _traiter(Demande.objects.a_router_avant(timezone.now()))


def reste_apres_un_lot() -> bool:
    """Whether more is due than one sweep takes."""
    maintenant = timezone.now()
    demandes = Demande.objects.a_router_avant(maintenant)
    acheminements = Acheminement.objects.dus(maintenant)
    return demandes[LOT : LOT + 1].exists() or acheminements[LOT : LOT + 1].exists()


def _traiter(demandes: DemandeQuerySet, **acheminements: int) -> int:
    """Each row on its own: what fails with one is logged and due again, the others go on."""
    par_dossier: dict[int, list[int]] = defaultdict(list)
    for dossier, pk in demandes.values_list("dossier", "pk")[:LOT]:
        par_dossier[dossier].append(pk)
    for pks in par_dossier.values():
        _router(pks)
    # Asked after routing, so that what was just routed is handed over at once.
    remis = 0
    while remis < LOT and remettre_suivant(**acheminements) is not None:
        remis += 1
    return sum(map(len, par_dossier.values())) + remis


def _router(demande_ids: list[int]) -> None:
    """Those of one dossier together, or one by one where one of them fails."""
    try:
        router_ensemble(demande_ids=demande_ids)
    except Exception:  # one poisoned request must not stop the others
        if len(demande_ids) > 1:
            for pk in demande_ids:
                _router([pk])
            return
        journal.exception("Demande %s : orientation en échec", demande_ids[0])
        Demande.objects.a_router().filter(pk__in=demande_ids).update(
            prochaine_tentative=timezone.now() + REPRISES[0]
        )
