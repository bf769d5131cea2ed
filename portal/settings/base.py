"""Settings common to every environment. French, one PostgreSQL, one Redis-protocol broker."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from portal.services_embarques import chemins
from portal.settings.comptes import *  # noqa: F403
from portal.settings.taches import *  # noqa: F403
from portal.socle.presentation_api import LICENCE, PREMIERS_PAS

BASE_DIR = Path(__file__).resolve().parents[2]
DONNEES = chemins.dossier_donnees()

INSTALLED_APPS = [
    "portal.socle",
    "portal.comptes",
    "territoires",
    "territoires.organismes",
    "aides",
    "dossiers",
    "dossiers.rapprochement",
    "dossiers.acheminement",
    "dossiers.recus",
    "dossiers.documents",
    "dossiers.depot",
    "dossiers.instruction",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "django_bootstrap5",
    "bootstrap",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Pages, and the files that are not compressed beforehand. Each answer is padded with a random
    # length, so that its size tells nothing of the secrets in it (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "territoires.organismes.middleware.DoubleAuthentification",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.socle.themes.contexte",
            ]
        },
    }
]

# One PostgreSQL for rows, sessions, cache and rate limits. Connections are checked before
# they are reused: without it every request fails after a restart of the server.
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        chemins.database_url(), conn_max_age=60, conn_health_checks=True
    )
}
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_django",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
# The pictures of the guides are served where the guides are read.
STATICFILES_DIRS = [BASE_DIR / "static", ("guides", BASE_DIR / "docs" / "images")]
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", DONNEES / "pieces"))
STORAGES = {
    # Files of companies and documents of authorities: read by the portal alone, through a view.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Its default addresses are those of a foreign host; no page of ours names one.
BOOTSTRAP5: dict[str, Any] = {
    "css_url": {"url": f"{STATIC_URL}bootstrap/css/bootstrap.min.css"},
    "javascript_url": {"url": f"{STATIC_URL}bootstrap/js/bootstrap.bundle.min.js"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Bootstrap draws its icons with data: images.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
DEMONSTRATION = False
# Desks may be systems of this very machine, called without TLS, in development alone.
WEBHOOK_BOUCLE_LOCALE = False
# A code of portal/socle/themes.py, and "host=code,host=code" for the hosts that have their own.
THEME = os.environ.get("THEME") or "neutre"
THEMES_PAR_HOTE = os.environ.get("THEMES_PAR_HOTE", "")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "dossiers.pieces.televersement.Garde",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Where the links in e-mails lead.
ADRESSE_PUBLIQUE = os.environ.get(
    "ADRESSE_PUBLIQUE", f"http://localhost:{os.environ.get('PORT') or '8000'}"
)
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "ne-pas-repondre@portail.invalid")
# Where e-mails that cannot be delivered come back (envelope sender), for `relever_retours`;
# "retours+{identifiant}@…" tells them apart where the mail server keeps what follows a "+".
ADRESSE_RETOURS = os.environ.get("ADRESSE_RETOURS", "")
EMAIL_TIMEOUT = 10

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "portal.socle.pagination.PageCurseur",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.socle.problemes.gestionnaire",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Portail des aides aux entreprises",
    "DESCRIPTION": PREMIERS_PAS,
    "LICENSE": LICENCE,
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    # Swagger UI would otherwise send the schema's address to a validator on another host.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "NatureAideEnum": "territoires.organismes.models.NatureAide",
        "EtatAideEnum": "aides.filtres.CHOIX_ETATS",
        "EtatDemandeEnum": "dossiers.circuit.Etat",
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "ligne": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ligne"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("NIVEAU_JOURNAUX", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # It tells every step of every document.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
