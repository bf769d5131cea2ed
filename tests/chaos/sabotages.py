"""Each safeguard, removed: what T13 does to the processes of a test, which must then fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dossiers.acheminement import actes, taches
from dossiers.acheminement.actes import balayage, remise
from dossiers.acheminement.canaux import webhook
from dossiers.acheminement.models import Acheminement, disjoncteur
from dossiers.acheminement.webhook.client import Reponse
from dossiers.depot.actes import depot
from portal.celery import app


def sans_jeton() -> None:
    """A result is written whoever holds the row now."""

    def detenu(
        acheminement: Acheminement, verrouilles: Iterable[Acheminement]
    ) -> Acheminement | None:
        return next(actuel for actuel in verrouilles if actuel.pk == acheminement.pk)

    remise._detenu = detenu


def sans_skip_locked() -> None:
    """Who meets a locked row waits for it."""
    verrouiller = QuerySet.select_for_update

    def attendre(self: Any, **options: Any) -> Any:
        return verrouiller(self, **{**options, "skip_locked": False})

    QuerySet.select_for_update = attendre  # type: ignore[method-assign]


def sans_bail() -> None:
    """A lease that holds nobody back."""
    remise.BAIL = timedelta(0)


def sans_compte_avant() -> None:
    """The attempt, its call and its result in one transaction: a death leaves no trace."""
    remise.remettre_suivant = transaction.atomic(remise.remettre_suivant)
    balayage.remettre_suivant = remise.remettre_suivant


def sans_renvoi() -> None:
    """A task whose child died is over for the broker."""
    app.conf.task_reject_on_worker_lost = False
    for tache in app.tasks.values():
        tache.reject_on_worker_lost = False


def sans_balayage() -> None:
    """Hints alone."""
    actes.balayer = lambda: 0


def sans_quarantaine() -> None:
    """What kills its worker is tried for ever."""
    remise.MORTS_MAXIMUM = 10**6


def sans_demander() -> None:
    """On doubt, nobody is asked whether an earlier attempt arrived."""
    inconnue = Reponse(statut=404, corps=b"", tronque=False, reessayer_apres="")
    webhook.demander = lambda *_, **__: inconnue


def sans_disjoncteur() -> None:
    """A dead desk is called for every demande that it has."""
    remise.SEUIL = disjoncteur.SEUIL = 10**6


def sans_filet_d_annonce() -> None:
    """A hint that cannot be published is an error for whoever files."""

    def annoncer(version_dossier_id: int) -> None:
        transaction.on_commit(lambda: taches.acheminer_version.delay(version_dossier_id))

    depot.annoncer = annoncer


#: By the name that a plan gives (`Plan.sabotages`).
SABOTAGES: dict[str, Callable[[], None]] = {
    sabotage.__name__: sabotage
    for sabotage in (
        sans_jeton,
        sans_skip_locked,
        sans_bail,
        sans_compte_avant,
        sans_renvoi,
        sans_balayage,
        sans_quarantaine,
        sans_demander,
        sans_disjoncteur,
        sans_filet_d_annonce,
    )
}
