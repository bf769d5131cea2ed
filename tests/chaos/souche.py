"""What every process of the chaos tests is born of: it has imported the portal, and waits."""

import gc
import os

import django

os.environ.update(DJANGO_SETTINGS_MODULE="tests.chaos.reglages", NIVEAU_JOURNAUX="ERROR")
django.setup()

import tests.chaos.coups  # noqa: E402
import tests.chaos.naissance  # noqa: E402,F401

gc.freeze()
