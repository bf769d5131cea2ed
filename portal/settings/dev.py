"""Development and demonstration: embedded services, e-mails written to files."""

import os

from portal.services_embarques.chemins import adresse_servie
from portal.settings.base import *  # noqa: F403
from portal.settings.base import ADRESSE_PUBLIQUE, DONNEES, STORAGES

DEBUG = os.environ.get("DEBUG", "0") == "1"
SECRET_KEY = "dev-only-never-on-a-server-0123456789-abcdefghij"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# Accounts with a public password may be made here, and nowhere else.
DEMONSTRATION = True
# So may a webhook lead to this machine, where `manage.py recepteur` listens.
WEBHOOK_BOUCLE_LOCALE = True
# A command typed beside a running demonstration makes links to it, whatever port it has.
if "ADRESSE_PUBLIQUE" not in os.environ and not os.environ.get("PORT"):
    ADRESSE_PUBLIQUE = adresse_servie().rstrip("/") or ADRESSE_PUBLIQUE
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ.get("DOSSIER_COURRIELS", str(DONNEES / "courriels"))

# Static files are served from where they are written: nothing to collect at each start.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
