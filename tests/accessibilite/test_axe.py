"""Every page of the registry under axe, in a real Chromium: two widths, two colour schemes.

axe reads the WCAG 2.2 rules of levels A and AA and its good practices. Each page is loaded once;
the width and the scheme change in place.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.accessibilite.conftest import Navigateur
from tests.accessibilite.pages import PAGES, Page

pytestmark = pytest.mark.navigateur
#: Widths in CSS pixels: the narrowest that WCAG 1.4.10 asks for, and a desktop.
LARGEURS = (1280, 320)
REGLES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async ([exclure, options]) => (
  await axe.run({ exclude: exclure ? [[exclure]] : [] }, options)
).violations.flatMap(
  (v) => v.nodes.map((n) => `${v.id} : ${n.target} ${n.failureSummary} ${n.html.slice(0, 200)}`))"""
RESUME = "main .bandeau-erreurs[tabindex]"
DEBORDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_axe_finds_nothing(navigateur: Navigateur, page: Page) -> None:
    onglet = navigateur.ouvrir(page)
    onglet.evaluate(AXE_SCRIPT)
    trouvees = []
    if (titres := onglet.locator("h1:visible").count()) != 1:
        trouvees.append(f"{titres} h1")
    if onglet.locator("html").get_attribute("lang") != "fr":
        trouvees.append("la langue n’est pas dite")
    if not onglet.title().strip():
        trouvees.append("pas de titre")
    if onglet.locator(RESUME).count():
        # Somebody who does not see the page knows at once that it was refused, and why.
        if not onglet.title().startswith("Erreur : "):
            trouvees.append(f"le titre ne dit pas l’erreur : {onglet.title()}")
        if not onglet.evaluate(f"document.activeElement.matches('{RESUME}')"):
            trouvees.append("le résumé des erreurs n’a pas le focus")
    elif page.nom.endswith("-erreurs"):
        trouvees.append("pas de résumé des erreurs")
    for largeur in LARGEURS:
        # As tall as the page: what sticks to an edge of the window hides nothing then (that it
        # does not hide what has the focus is tested with the keyboard).
        onglet.set_viewport_size({"width": largeur, "height": 800})
        hauteur = onglet.evaluate("document.documentElement.scrollHeight")
        onglet.set_viewport_size({"width": largeur, "height": hauteur})
        if (deborde := onglet.evaluate(DEBORDE)) > 0:
            trouvees.append(f"à {largeur} px : déborde de {deborde} px")
        for theme in ("light", "dark"):
            onglet.emulate_media(color_scheme=theme)
            options = {"runOnly": REGLES, "resultTypes": ["violations"]}
            if theme == "dark":
                # The scheme changes colours and nothing else.
                options["runOnly"] = {"type": "rule", "values": ["color-contrast"]}
            trouvees += [
                f"à {largeur} px, {theme} : {faute}"
                for faute in onglet.evaluate(AXE, [page.exclure, options])
            ]
    assert not trouvees, "\n".join(trouvees)
    assert navigateur.fautes == []
