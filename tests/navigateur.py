"""A real Chromium for the tests marked `navigateur`: one per worker, a tab for each visit.

The same engine comes with windows and without ("headless shell"), where a tab opens in a tenth
of the time: this one is preferred, except by the tests marked `fenetres`, which look at a part
of the browser itself.

What a test looks at may not be there yet: a click only asks for the next page, a script answers
when it can. So nothing is read at once: `Visite.suivre` waits for the page that a click leads to,
Playwright's `expect` for what a page should say, `Visite.patienter` for everything else
(tests/test_rigueur.py holds the tests to it).
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    Error,
    Locator,
    Page,
    Playwright,
    Response,
    expect,
    sync_playwright,
)

from portal.comptes.models import User

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
SANS_FENETRES = shutil.which("chromium-headless-shell") or CHROMIUM
#: How long a page or an answer may take on a busy machine, in milliseconds.
DELAI = 30_000
#: What htmx writes in the console of a request that is given up, for a newer one or because the
#: page is left: no fault. Of one that failed it also writes `htmx:sendError`.
ABANDONS = ("htmx:sendAbort", "htmx:afterRequest")
DEBORDE = "html => html.scrollWidth - html.clientWidth"


def evaluer(cible: Locator, script: str, *arguments: Any) -> Any:
    """What `script` says of this element, once it is there and its page has done loading.

    Asked again when the page goes away in the meantime.
    """
    for _ in range(5):
        cible.page.wait_for_load_state()
        try:
            return cible.evaluate(script, *arguments)
        except Error as erreur:
            if not re.search("context was destroyed|because of a navigation", str(erreur)):
                raise
    raise AssertionError(f"{cible.page.url} ne cesse de changer")


@dataclass
class Visite:
    """A tab, with what went wrong in it."""

    page: Page
    adresse: str
    fautes: list[str] = field(default_factory=list)

    def aller(self, chemin: str) -> None:
        self.page.goto(self.adresse + chemin)

    def suivre(self, cible: Locator) -> None:
        """Click a link or a button that leads to another page; wait until it is there.

        Scripts have run then. Not for what changes the page in place.
        """
        # The page's own arrival must not be taken for that of the next one.
        self.page.wait_for_load_state()
        with self.page.expect_event("load"):
            cible.click()

    def patienter(self, condition: Callable[[], object], quoi: str) -> None:
        """Let the page work until `condition` holds; without it, fail and say `quoi`."""
        limite = time.monotonic() + DELAI / 1000
        while not condition():
            assert time.monotonic() < limite, f"{self.page.url} : {quoi}, toujours pas"
            self.page.wait_for_timeout(50)

    def verifier(self) -> None:
        """Nothing failed, nothing came from elsewhere, nothing overflows sideways."""
        expect(self.page.locator("h1")).to_have_count(1)
        large = evaluer(self.page.locator("html"), DEBORDE)
        assert large <= 0, f"{self.page.url} déborde de {large} px"
        assert self.fautes == []


class Chromium:
    """The browser of this worker. Playwright's event loop only runs in the tests that use it."""

    def __init__(self, playwright: Playwright) -> None:
        self.playwright = playwright
        self.lances: dict[str, Browser] = {}
        self.boucle = asyncio.get_running_loop()
        self.quitter()

    def reprendre(self) -> None:
        """Say that the loop runs in this thread, where our queries stay synchronous."""
        asyncio._set_running_loop(self.boucle)
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

    def quitter(self) -> None:
        """Leave the thread as it was: other tests neither see the loop nor its connections."""
        # Beside a running loop Django opened connections that only this place can close.
        connections.close_all()
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        asyncio._set_running_loop(None)

    @contextmanager
    def en_main(self, *, fenetres: bool = False) -> Iterator[Browser]:
        """The browser, for one test or one file; its tabs are closed afterwards."""
        binaire = CHROMIUM if fenetres else SANS_FENETRES
        if binaire is None:
            pytest.skip("Chromium n’est pas installé")
        self.reprendre()
        with ExitStack() as pile:
            pile.callback(self.quitter)
            if binaire not in self.lances:
                self.lances[binaire] = self.playwright.chromium.launch(
                    executable_path=binaire, args=["--no-sandbox"]
                )
            yield self.lances[binaire]
            for contexte in self.lances[binaire].contexts:
                contexte.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    expect.set_options(timeout=DELAI)
    with sync_playwright() as playwright:
        chromium = Chromium(playwright)
        yield chromium
        chromium.reprendre()
        for lance in chromium.lances.values():
            lance.close()
    chromium.quitter()


@pytest.fixture
def visiter(
    request: pytest.FixtureRequest, chromium: Chromium, live_server: Any
) -> Iterator[Callable[..., Visite]]:
    """`visiter(user, largeur=360)`: a tab of its own where `user` (or nobody) is signed in."""
    fenetres = request.node.get_closest_marker("fenetres") is not None
    with chromium.en_main(fenetres=fenetres) as navigateur:

        def ouvrir(user: User | None = None, *, largeur: int = 1280, js: bool = True) -> Visite:
            contexte = navigateur.new_context(
                viewport={"width": largeur, "height": 800},
                locale="fr-FR",
                java_script_enabled=js,
            )
            if user is not None:
                contexte.add_cookies([_session(user, live_server.url)])
            contexte.set_default_timeout(DELAI)
            page = contexte.new_page()
            visite = Visite(page, live_server.url)
            page.on("pageerror", lambda erreur: visite.fautes.append(str(erreur)))
            page.on("response", lambda reponse: _surveiller(reponse, visite))
            return visite

        yield ouvrir


def _session(user: User, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    nom = settings.SESSION_COOKIE_NAME
    return {"name": nom, "value": client.cookies[nom].value, "url": url}


def _surveiller(reponse: Response, visite: Visite) -> None:
    if reponse.url.startswith(("chrome:", "chrome-extension:")):
        return  # the browser's own reader of PDF files
    if urlsplit(reponse.url).netloc != urlsplit(visite.adresse).netloc:
        visite.fautes.append(f"venu d’ailleurs : {reponse.url}")
    if reponse.status >= 400 and reponse.request.resource_type != "document":
        visite.fautes.append(f"{reponse.status} {reponse.url}")
