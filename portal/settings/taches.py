"""Celery: its broker, its queues, and what beat asks for; what tells that it does not keep up."""

import os
from typing import Any

from portal.services_embarques import chemins

# The broker carries hints only (the truth is in PostgreSQL): publishing gives up at once
# rather than making a person wait, and the sweeper takes up what was not published.
CELERY_BROKER_URL = chemins.broker_url()
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "visibility_timeout": 300,
    # Without these kombu tries again for six seconds before it says that nobody answers.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "balayer": {
        "task": "dossiers.acheminement.taches.balayer",
        "schedule": 15.0,
        # A beat that comes back after an outage must not find a pile of stale orders.
        "options": {"expires": 15.0},
    },
    "relances": {
        "task": "dossiers.acheminement.taches.relancer",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "notifications": {
        "task": "dossiers.taches.envoyer_notifications",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "pieces": {
        "task": "dossiers.taches.nettoyer_pieces",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    # Every hour rather than at midnight: a day on which nothing ran at midnight is not lost.
    "fenetres": {
        "task": "aides.taches.relever_fenetres",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "recherches": {
        "task": "dossiers.rapprochement.taches.rechercher",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "lieux": {
        "task": "dossiers.rapprochement.taches.actualiser_lieux",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "jetons": {
        "task": "dossiers.depot.taches.oublier_jetons",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "documents": {
        "task": "dossiers.documents.taches.produire",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
}
# Documents take a processor for a moment: a worker of their own, of low priority, writes them.
CELERY_TASK_ROUTES = {"dossiers.documents.taches.*": {"queue": "documents"}}

# /sante/pret/ fails when something is due for longer than this, in seconds, and nothing explains
# that it waits.
RETARD_TOLERE = int(os.environ.get("RETARD_TOLERE", "300"))
# Who may read /metrics; without it, this machine only.
JETON_METRIQUES = os.environ.get("JETON_METRIQUES", "")
