"""Settings of every process of the chaos tests: those of the tests, with the database and the
broker of production, and a sweep every two seconds instead of fifteen.
"""

import os
from typing import Any

import dj_database_url

from portal.settings.taches import CELERY_BROKER_TRANSPORT_OPTIONS as TRANSPORT
from portal.settings.test import *  # noqa: F403

#: Seconds between two sweeps: what lateness is counted in.
PERIODE = 2.0

DATABASES = {
    "default": dj_database_url.parse(
        os.environ["DATABASE_URL"], conn_max_age=60, conn_health_checks=True
    )
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **TRANSPORT,
    "visibility_timeout": int(os.environ.get("CHAOS_VISIBILITE", TRANSPORT["visibility_timeout"])),
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "balayer": {
        "task": "dossiers.acheminement.taches.balayer",
        "schedule": PERIODE,
        "options": {"expires": PERIODE},
    }
}
