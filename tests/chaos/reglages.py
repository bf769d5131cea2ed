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


def base() -> dict[str, Any]:
    """The database that the environment names, as production keeps its connections."""
    url = os.environ["DATABASE_URL"]
    return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))


def transport() -> dict[str, Any]:
    if "CHAOS_VISIBILITE" not in os.environ:
        return TRANSPORT
    return {
        **TRANSPORT,
        "visibility_timeout": int(os.environ["CHAOS_VISIBILITE"]),
        # By default a worker looks every 100 s for what was not acknowledged in time.
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    }


DATABASES = {"default": base()}
CELERY_BROKER_TRANSPORT_OPTIONS = transport()
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "balayer": {
        "task": "dossiers.acheminement.taches.balayer",
        "schedule": PERIODE,
        "options": {"expires": PERIODE},
    }
}
