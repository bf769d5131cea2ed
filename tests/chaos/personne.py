"""A person at the browser's end: signed in, pressing the button of the page that deposits."""

from __future__ import annotations

import socket
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from dossiers.models import Dossier

#: Seconds that a person waits for a page.
PATIENCE = 60


class SansSuivre(HTTPRedirectHandler):
    """A redirect is the answer: what was promised was promised before it."""

    def redirect_request(self, *_: object) -> None:  # type: ignore[override]
        return None


def jeton_de_session(dossier: Dossier) -> str:
    """What the browser of whoever wrote this draft holds once they signed in."""
    assert dossier.cree_par is not None
    session = SessionStore()
    session[SESSION_KEY] = str(dossier.cree_par.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = dossier.cree_par.get_session_auth_hash()
    session.save()
    assert session.session_key
    return session.session_key


def deposer(adresse: str, dossier: Dossier, session: str) -> int | None:
    """Press « Déposer »; the status of the answer, None when none came."""
    csrf = "a" * 32
    chemin = reverse("depot:verifier", args=[dossier.identifiant])
    demande = Request(  # noqa: S310 - our own server
        f"{adresse}{chemin}",
        data=urlencode({"en_l_etat": "1", "revision": dossier.revision}).encode(),
        headers={
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={csrf}",
            "X-CSRFToken": csrf,
        },
    )
    try:
        with build_opener(SansSuivre).open(demande, timeout=PATIENCE) as reponse:
            return int(reponse.status)
    except HTTPError as reponse:
        with reponse:
            return reponse.code
    except (OSError, HTTPException):
        return None


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])
