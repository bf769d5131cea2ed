"""Every page of the registry under axe, in a real Chromium: two widths, two colour schemes.

axe reads the WCAG 2.2 rules of levels A and AA and its good practices. Each page is loaded once;
the width and the scheme change in place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.accessibilite.conftest import Navigateur
from tests.accessibilite.pages import PAGES, Page

pytestmark = pytest.mark.navigateur
#: Widths in CSS pixels: a desktop, and the narrowest that WCAG 1.4.10 asks for.
LARGEURS = (1280, 320)
REGLES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: No rule of ours reads style sheets: they are not fetched a second time.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
AXE = """async ([exclure, options]) => (
  await axe.run({ exclude: exclure ? [[exclure]] : [] }, options)
).violations.flatMap(
  (v) => v.nodes.map((n) => `${v.id} : ${n.target} ${n.failureSummary} ${n.html.slice(0, 200)}`))"""
RESUME = "main .bandeau-erreurs[tabindex]"
DEBORDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: The window has these dimensions, and what stands in it has found its place.
EST_LARGE = """([largeur, hauteur]) => new Promise((fini) => {
  const voir = () => requestAnimationFrame(
    innerWidth === largeur && innerHeight === hauteur ? () => fini() : voir);
  voir();
})"""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_axe_finds_nothing(navigateur: Navigateur, page: Page) -> None:
    onglet = navigateur.ouvrir(page)
    trouvees = [*fautes_d_ensemble(onglet), *fautes_de_resume(onglet, page)]
    for largeur in LARGEURS:
        # As tall as the page: what sticks to an edge of the window hides nothing then (that it
        # does not hide what has the focus is tested with the keyboard).
        dimensionner(onglet, largeur, 800)
        dimensionner(onglet, largeur, onglet.evaluate("document.documentElement.scrollHeight"))
        if (deborde := onglet.evaluate(DEBORDE)) > 0:
            trouvees.append(f"à {largeur} px : déborde de {deborde} px")
        # The scheme changes colours and nothing else.
        for theme, regles in (("light", REGLES), ("dark", ["color-contrast"])):
            onglet.emulate_media(color_scheme=theme)
            fautes = onglet.evaluate(AXE, [page.exclure, OPTIONS | {"runOnly": regles}])
            trouvees += [f"à {largeur} px, {theme} : {faute}" for faute in fautes]
    assert not trouvees, "\n".join(trouvees)
    assert navigateur.fautes == []


def dimensionner(onglet: Any, largeur: int, hauteur: int) -> None:
    onglet.set_viewport_size({"width": largeur, "height": hauteur})
    onglet.evaluate(EST_LARGE, [largeur, hauteur])


def fautes_d_ensemble(onglet: Any) -> Iterator[str]:
    if (titres := onglet.locator("h1:visible").count()) != 1:
        yield f"{titres} h1"
    if onglet.locator("html").get_attribute("lang") != "fr":
        yield "la langue n’est pas dite"
    if not onglet.title().strip():
        yield "pas de titre"


def fautes_de_resume(onglet: Any, page: Page) -> Iterator[str]:
    """Somebody who does not see the page knows at once that it was refused, and why."""
    if onglet.locator(RESUME).count():
        if not onglet.title().startswith("Erreur : "):
            yield f"le titre ne dit pas l’erreur : {onglet.title()}"
        # The browser gives it the focus once the page is drawn.
        expect(onglet.locator(RESUME), "le résumé des erreurs a le focus").to_be_focused()
    elif page.nom.endswith("-erreurs"):
        yield "pas de résumé des erreurs"
