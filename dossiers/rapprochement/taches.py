"""Celery tasks: thin, each calls what also runs without them."""

from celery import shared_task

from dossiers.rapprochement import actes_projection
from dossiers.rapprochement.inverse import actes as actes_inverse


@shared_task
def actualiser_lieux() -> None:
    """Follow the zones and the geographic code that were loaded since."""
    actes_projection.actualiser_lieux()


@shared_task
def rechercher() -> None:
    """What publications wait for, hint or no hint: whose outcome they change, who is told."""
    actes_inverse.rechercher()
