"""Celery tasks: hints only. What must happen is a column that the sweep reads too."""

import logging

from celery import Task, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from dossiers.acheminement import actes
from dossiers.acheminement.actes.relances import relancer_dus

journal = logging.getLogger(__name__)


class TacheSurveillee(Task[..., None]):
    """A task whose worker's death gives back at once the rows that it held."""

    Request = "dossiers.acheminement.surveillance:RequeteSurveillee"


@shared_task(base=TacheSurveillee)
def acheminer_version(version_dossier_id: int) -> None:
    """A deposit has just been committed: route it now rather than at the next sweep."""
    actes.acheminer(version_dossier_id=version_dossier_id)


def annoncer(version_dossier_id: int) -> None:
    """Hint at a deposit once it is committed; without a broker, the sweep finds it anyway."""

    # A named function: Django logs the name of what fails here, and a partial has none.
    def publier() -> None:
        acheminer_version.delay(version_dossier_id)

    transaction.on_commit(publier, robust=True)


@shared_task(base=TacheSurveillee)
def balayer() -> None:
    """What a lost hint left behind, and what is due again.

    When one sweep is not enough, it calls for the next before it begins: a backlog spreads over
    every worker there is, with one hint more than there are workers, however slow the desks.
    """
    if actes.reste_apres_un_lot():
        try:
            balayer.delay()
        except OperationalError as absent:  # without a broker, beat's next sweep goes on
            journal.warning("Balayage suivant non annoncé : %s", absent)
    actes.balayer()


@shared_task
def relancer() -> None:
    """Desks that do not react, and companies that wait."""
    relancer_dus()
