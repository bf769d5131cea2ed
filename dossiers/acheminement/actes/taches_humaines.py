"""Day 14: what no reminder moved is a named person's task, until the desk acknowledges."""

from __future__ import annotations

from django.db import transaction

from dossiers.acheminement.models import Acheminement
from portal.comptes.models import User
from portal.socle.journal import consigner


@transaction.atomic
def prendre_la_tache(*, acheminement: Acheminement, par: User) -> bool:
    """Note who sees to it, instead of whoever did before.

    False when it is no task any more: the desk acknowledged, or has the demande no longer.
    """
    return _confier(acheminement, "prendre_la_tache", par, a=par)


@transaction.atomic
def laisser_la_tache(*, acheminement: Acheminement, par: User) -> bool:
    """Note that nobody sees to it; False when `par` was not the one who did."""
    return _confier(acheminement, "laisser_la_tache", par, a=None)


def _confier(acheminement: Acheminement, verbe: str, par: User, a: User | None) -> bool:
    taches = Acheminement.objects.taches_humaines().filter(pk=acheminement.pk)
    if a is None:
        taches = taches.filter(a_la_main_par=par)
    tache = taches.select_for_update(of=("self",)).select_related("demande").first()
    if tache is None:
        return False
    if tache.a_la_main_par_id == (a and a.pk):
        return True
    tache.a_la_main_par = a
    tache.save(update_fields=["a_la_main_par"])
    consigner(
        verbe=verbe,
        objet=tache.demande,
        acteur=par,
        dossier_id=tache.demande.dossier_id,
        acheminement=tache.pk,
        guichet=tache.guichet_id,
    )
    return True
