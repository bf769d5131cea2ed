"""Celery tasks: thin, each calls what also runs without them."""

from celery import shared_task
from oauth2_provider.models import clear_expired


@shared_task
def oublier_jetons() -> None:
    """Erase the access tokens that have expired."""
    clear_expired()
