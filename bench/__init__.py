"""`make bench`: what matching costs, side by side with peers and with SQL written by hand.

A program, run with `python -m bench`: it is not part of the portal. Importing it alone sets Django
up, on the PostgreSQL that the run starts; under pytest, Django is set up already.
"""

import os
import secrets

import django
from django.conf import settings

if not settings.configured:
    # A process that the bench starts keeps the folder of the run.
    if "PORTAIL_BENCH" not in os.environ:
        os.environ["PORTAIL_DONNEES"] = f"/tmp/portail-bench-{secrets.token_hex(6)}"  # noqa: S108
        os.environ["PORTAIL_BENCH"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.dev"
    os.environ.pop("DATABASE_URL", None)
    django.setup()
