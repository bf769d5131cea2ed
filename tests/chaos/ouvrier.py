"""What chaos workers and beats start from: `celery -A tests.chaos.ouvrier worker`."""

import django

django.setup()

from portal.celery import app  # noqa: E402
from tests.chaos.coups import installer  # noqa: E402

installer()

__all__ = ["app"]
