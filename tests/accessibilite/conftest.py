"""One data set, one live server and one Chromium for all the tests of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.db import connections
from django.test import Client, TransactionTestCase, override_settings
from pytest_django.live_server_helper import LiveServer

from portal.comptes.models import User
from tests.accessibilite.monde import Monde
from tests.accessibilite.pages import Page
from tests.fabriques import MOT_DE_PASSE
from tests.navigateur import ABANDONS, DELAI, Chromium

#: Sends the form that holds the first of these fields, as its button would.
ENVOYER = """(champs) => {
  const noms = Object.keys(champs);
  const premier = noms.length && document.querySelector(`main [name="${noms[0]}"]`);
  const formulaire = premier ? premier.form : document.querySelector("main form");
  for (const [nom, valeur] of Object.entries(champs)) {
    for (const champ of formulaire.querySelectorAll(`[name="${nom}"]`)) {
      const coche = ["checkbox", "radio"].includes(champ.type);
      if (coche) champ.checked = [valeur].flat().includes(champ.value);
      else champ.value = valeur;
    }
  }
  formulaire.noValidate = true;
  HTMLFormElement.prototype.requestSubmit.call(formulaire);
}"""


@pytest.fixture(scope="module")
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's fixture for a whole file: rows are committed, and gone after it."""
    with django_db_blocker.unblock():
        yield
        TransactionTestCase()._fixture_teardown()
        connections.close_all()


@pytest.fixture(scope="module")
def monde(transactional_db: None) -> Iterator[Monde]:
    """The data of the pages, and the addresses that fail on purpose."""
    with override_settings(
        ROOT_URLCONF="tests.accessibilite.adresses",
        # The gallery of components is shown.
        DEMONSTRATION=True,
        # Everybody signs in from this machine, one after the other.
        ACCOUNT_RATE_LIMITS=False,
    ):
        yield Monde()


def connecter(user: User | None) -> Client:
    """A client signed in, who has just given their password again: nothing asks for it."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        reponse = client.post("/comptes/reauthenticate/", {"password": MOT_DE_PASSE})
        assert reponse.status_code == 302, user.email
    return client


@dataclass
class Navigateur:
    """A Chromium with one tab for each person, and what went wrong in them."""

    chromium: Any
    adresse: str
    monde: Monde
    onglets: dict[str, Any] = field(default_factory=dict)
    fautes: list[str] = field(default_factory=list)

    def onglet(self, qui: str) -> Any:
        """The tab where this person (a property of `Monde`) is signed in."""
        if qui not in self.onglets:
            contexte = self.chromium.new_context(locale="fr-FR", reduced_motion="reduce")
            client = connecter(getattr(self.monde, qui) if qui else None)
            nom = settings.SESSION_COOKIE_NAME
            if nom in client.cookies:
                valeur = client.cookies[nom].value
                contexte.add_cookies([{"name": nom, "value": valeur, "url": self.adresse}])
            contexte.set_default_timeout(DELAI)
            # Sent once for all the pages of the tab: it is half a megabyte.
            contexte.add_init_script(AXE_SCRIPT)
            page = contexte.new_page()
            page.on("pageerror", lambda erreur: self.fautes.append(str(erreur)))
            page.on("console", self._noter)
            page.on("request", self._surveiller)
            self.onglets[qui] = page
        return self.onglets[qui]

    def _noter(self, message: Any) -> None:
        # The status of an error page is not a fault of the page.
        attendus = ("Failed to load resource", *ABANDONS)
        if message.type == "error" and not message.text.startswith(attendus):
            self.fautes.append(message.text)

    def _surveiller(self, requete: Any) -> None:
        if not requete.url.startswith((self.adresse, "data:")):
            self.fautes.append(f"demandé ailleurs : {requete.url}")

    def ouvrir(self, page: Page) -> Any:
        """The page of the registry, its form sent if it says so."""
        chemin = page.chemin(self.monde)
        onglet = self.onglet(page.qui)
        self.fautes.clear()
        onglet.set_viewport_size({"width": 1280, "height": 800})
        reponse = onglet.goto(self.adresse + chemin)
        saisie = page.saisie(self.monde)
        if saisie is not None:
            with onglet.expect_navigation() as navigation:
                onglet.evaluate(ENVOYER, saisie)
            reponse = navigation.value
        assert reponse.status == page.statut, f"{chemin} répond {reponse.status}"
        if page.attendre:
            onglet.locator(page.attendre).first.wait_for()
        return onglet


@pytest.fixture(scope="module")
def navigateur(monde: Monde, chromium: Chromium) -> Iterator[Navigateur]:
    with chromium.en_main() as lance:
        serveur = LiveServer("localhost")
        yield Navigateur(lance, serveur.url, monde)
        serveur.stop()


@pytest.fixture(scope="module")
def lire(monde: Monde) -> Callable[[Page], Any]:
    """Reads a page of the registry without a browser: the response of Django's client."""
    clients: dict[str, Client] = {}

    def lire_page(page: Page) -> Any:
        chemin = page.chemin(monde)
        if page.qui not in clients:
            clients[page.qui] = connecter(getattr(monde, page.qui) if page.qui else None)
        client = clients[page.qui]
        saisie = page.saisie(monde)
        if saisie is None:
            return client.get(chemin, follow=True)
        return client.post(chemin, saisie, follow=True)

    return lire_page
