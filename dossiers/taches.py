"""Celery tasks: thin, each calls what also runs without them."""

from celery import shared_task

from dossiers import notifications
from dossiers.pieces import nettoyage


@shared_task
def envoyer_notifications() -> None:
    """Send the e-mails that are due."""
    notifications.envoyer_dues()


@shared_task
def nettoyer_pieces() -> None:
    """Erase the files that nothing needs any more."""
    nettoyage.nettoyer()
