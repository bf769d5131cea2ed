"""Accounts: who signs in, with what, and what protects the way in."""

import os
from typing import Any

AUTH_USER_MODEL = "comptes.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"portal.comptes.validateurs.{nom}"}
    for nom in ("ProcheDuCompte", "TropCourt", "TropCourant", "QueDesChiffres")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "dossiers.adaptateurs.AdaptateurComptes"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "portal.comptes.formulaires.ConnexionForm",
    "signup": "portal.comptes.formulaires.InscriptionForm",
    "reset_password": "portal.comptes.formulaires.MotDePasseOublieForm",
    "reset_password_from_key": "portal.comptes.formulaires.NouveauMotDePasseForm",
    "change_password": "portal.comptes.formulaires.ChangementMotDePasseForm",
    "set_password": "portal.comptes.formulaires.PremierMotDePasseForm",
    "add_email": "portal.comptes.formulaires.AjoutAdresseForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
# The confirmation page asks for a click: mail scanners follow links.
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# An address that has no account is told so, in the same time and words as one that has.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# One address per account: a new one replaces the old one once it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
# The old address learns that it was replaced, and the person that a password changed.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Portail des aides"
# allauth would otherwise show the codes to whoever finds the page open.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Officers and administrators must sign in with a second factor (off in the demonstration).
MFA_OBLIGATOIRE_AGENTS = os.environ.get("MFA_OBLIGATOIRE_AGENTS", "0") == "1"
# Rate limits count by address: how many proxies of ours stand before the application.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("NOMBRE_PROXYS", "0"))

# Programs that act for an account: client credentials only, for an hour, with what is stored
# hashed. Nothing of the library's own pages is exposed.
OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "SCOPES": {
        "depots:ecrire": "Déposer des dossiers",
        "depots:lire": "Lire les dossiers déposés et suivre leurs demandes",
    },
    "DEFAULT_SCOPES": ["depots:lire"],
    "APPLICATION_ADMIN_CLASS": "dossiers.depot.api.administration.AdministrationClients",
    # RFC 9700 : tokens hashed at rest, and taken from the Authorization header only.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    # Of grants that the server does not have; said all the same.
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}

# Where the administration of Django is, for administrators only.
CHEMIN_ADMINISTRATION = os.environ.get("CHEMIN_ADMINISTRATION", "administration").strip("/") + "/"
