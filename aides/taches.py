"""Celery tasks: thin, each calls what also runs without them."""

from celery import shared_task
from django.utils import timezone

from aides import actes


@shared_task
def relever_fenetres() -> None:
    """The aides that open or close today by themselves."""
    actes.relever_fenetres(le=timezone.localdate())
