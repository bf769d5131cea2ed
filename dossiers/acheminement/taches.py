"""Celery tasks: hints only. What must happen is a column that the sweep reads too."""

from celery import shared_task
from django.db import transaction

from dossiers.acheminement import actes


@shared_task
def acheminer_version(version_dossier_id: int) -> None:
    """A deposit has just been committed: route it now rather than at the next sweep."""
    actes.acheminer(version_dossier_id=version_dossier_id)


def annoncer(version_dossier_id: int) -> None:
    """Hint at a deposit once it is committed; without a broker, the sweep finds it anyway."""

    # A named function: Django logs the name of what fails here, and a partial has none.
    def publier() -> None:
        acheminer_version.delay(version_dossier_id)

    transaction.on_commit(publier, robust=True)


@shared_task
def balayer() -> None:
    """What a lost hint left behind, and what is due again."""
    actes.balayer()
