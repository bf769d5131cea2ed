"""A real Chromium for the tests marked `navigateur`."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from portal.comptes.models import User

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@dataclass
class Visite:
    """A tab, with what went wrong in it."""

    page: Any
    adresse: str
    fautes: list[str] = field(default_factory=list)

    def aller(self, chemin: str) -> None:
        self.page.goto(self.adresse + chemin)

    def verifier(self) -> None:
        """Nothing failed, nothing came from elsewhere, nothing overflows sideways."""
        assert self.fautes == []
        large = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert large <= 0, f"{self.page.url} déborde de {large} px"
        assert self.page.locator("h1").count() == 1, self.page.url


@pytest.fixture
def visiter(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Visite]]:
    """`visiter(user, largeur=360)`: a tab of its own where `user` (or nobody) is signed in."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("Chromium n’est pas installé")
    # Playwright keeps an event loop in this thread; our queries stay synchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def ouvrir(user: User | None = None, *, largeur: int = 1280, js: bool = True) -> Visite:
            contexte = chromium.new_context(
                viewport={"width": largeur, "height": 800},
                locale="fr-FR",
                java_script_enabled=js,
            )
            if user is not None:
                contexte.add_cookies([_session(user, live_server.url)])
            contexte.set_default_timeout(20_000)
            page = contexte.new_page()
            visite = Visite(page, live_server.url)
            page.on("pageerror", lambda erreur: visite.fautes.append(str(erreur)))
            page.on("response", lambda reponse: _surveiller(reponse, visite))
            return visite

        yield ouvrir
        # Beside a running loop Django opened connections that only this place can close.
        connections.close_all()
        chromium.close()


def _session(user: User, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    nom = settings.SESSION_COOKIE_NAME
    return {"name": nom, "value": client.cookies[nom].value, "url": url}


def _surveiller(reponse: Any, visite: Visite) -> None:
    if reponse.url.startswith(("chrome:", "chrome-extension:")):
        return  # the browser's own reader of PDF files
    if urlsplit(reponse.url).netloc != urlsplit(visite.adresse).netloc:
        visite.fautes.append(f"venu d’ailleurs : {reponse.url}")
    if reponse.status >= 400 and reponse.request.resource_type != "document":
        visite.fautes.append(f"{reponse.status} {reponse.url}")
