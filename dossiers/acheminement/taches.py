"""Celery tasks: hints only. What must happen is a column that the sweep reads too."""

from celery import shared_task

from dossiers.acheminement import actes


@shared_task
def acheminer_version(version_dossier_id: int) -> None:
    """A deposit has just been committed: route it now rather than at the next sweep."""
    actes.acheminer(version_dossier_id=version_dossier_id)


@shared_task
def balayer() -> None:
    """What a lost hint left behind, and what is due again."""
    actes.balayer()
