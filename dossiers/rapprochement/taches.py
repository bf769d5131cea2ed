"""Celery tasks: thin, each calls what also runs without them."""

from celery import shared_task

from dossiers.rapprochement import actes_projection


@shared_task
def actualiser_lieux() -> None:
    """Follow the zones and the geographic code that were loaded since."""
    actes_projection.actualiser_lieux()
