"""Celery tasks: thin, each calls what also runs without them."""

from celery import shared_task

from dossiers import notifications


@shared_task
def envoyer_notifications() -> None:
    """Send the e-mails that are due."""
    notifications.envoyer_dues()
