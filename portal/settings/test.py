"""Tests: a private, temporary PostgreSQL (and Valkey where delivery is proved).

The folder's name is chosen here and left in the environment, so that parallel workers share
the services that `tests/conftest.py` starts in it.
"""

import os
import secrets

import dj_database_url

from portal.services_embarques import chemins

os.environ.setdefault("PORTAIL_TESTS", f"/tmp/portail-tests-{secrets.token_hex(6)}")  # noqa: S108
os.environ.setdefault("PORTAIL_DONNEES", os.environ["PORTAIL_TESTS"])
os.environ.setdefault("DATABASE_URL", chemins.database_url())
os.environ.setdefault("REDIS_URL", chemins.redis_url())

from portal.settings.base import *  # noqa: F403
from portal.settings.base import DONNEES, STORAGES

DEBUG = False
SECRET_KEY = "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"  # noqa: S105
WEBHOOK_BOUCLE_LOCALE = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Static files are served from where they are written, without collectstatic.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DONNEES / "pieces"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
