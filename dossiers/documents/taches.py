"""Celery tasks of the queue `documents`: thin, each calls what also runs without them."""

from celery import shared_task

from dossiers.documents import actes


@shared_task
def produire() -> None:
    """Write the documents that are due."""
    actes.produire_dus()
