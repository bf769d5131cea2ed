"""What the chaos web server starts from: `gunicorn tests.chaos.web`."""

import django

django.setup()

from portal.wsgi import application  # noqa: E402
from tests.chaos.coups import installer  # noqa: E402

installer()

__all__ = ["application"]
