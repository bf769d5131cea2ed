"""Take the pictures of the README and of the guides from a running demonstration.

`make demo` in one terminal, `make images` in another (PORT chooses the same port). Every picture
is taken at the width of a desk or of a phone and written to docs/images/ as WebP.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ADRESSE = f"http://localhost:{os.environ.get('PORT') or '8000'}"
DOSSIER = Path(__file__).resolve().parents[1] / "docs" / "images"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MOT_DE_PASSE = "demonstration-2026"
BUREAU, TELEPHONE = (1280, 800), (390, 844)
#: How tall a picture may be, in pixels of the page: a guide shows the top of a long page.
HAUTEUR_MAXIMALE = 1000
#: A guide is read on a phone too: its pictures weigh a few tens of kilobytes each.
LARGEUR_ECRITE, QUALITE = 960, 60


@dataclass(frozen=True)
class Vue:
    """One page to photograph: who is signed in, how to get there, at which widths."""

    nom: str
    qui: str
    aller: Callable[[Page], None]
    tailles: tuple[tuple[int, int], ...] = (BUREAU,)


def adresse(chemin: str) -> Callable[[Page], None]:
    return lambda page: _ouvrir(page, chemin)


def _ouvrir(page: Page, chemin: str) -> None:
    page.goto(ADRESSE + chemin, wait_until="networkidle")


def par(chemin: str, *liens: str) -> Callable[[Page], None]:
    """Open a page, then follow the first link of each CSS selector."""

    def aller(page: Page) -> None:
        _ouvrir(page, chemin)
        for lien in liens:
            href = page.locator(lien).first.get_attribute("href")
            _ouvrir(page, str(href).removeprefix(ADRESSE))

    return aller


def demande_ouverte(page: Page) -> None:
    """The first demande of the inbox, opened if nobody has opened it yet."""
    par("/instruction/", DEMANDE)(page)
    ouvrir = page.get_by_role("button", name="Ouvrir la demande")
    if ouvrir.count():
        ouvrir.click()
        page.wait_for_load_state("networkidle")


#: A fictitious project: metalwork in Toulouse, twelve people, machines.
PROJET = (
    "commune_projet=31555&naf=25.11Z&effectif=12&chiffre_affaires=1500000&total_bilan=800000"
    "&nature_projet=investissement&montant=120000&poste=depense_equipement"
)
DEUX = (BUREAU, TELEPHONE)
DOSSIER_DEPOSE = "main a[href$='/suivi/']"
DEMANDE = "main a[href*='/instruction/demandes/']"

VUES = (
    Vue("simulation", "", adresse(f"/simulation/?{PROJET}"), (TELEPHONE,)),
    Vue("resultats", "", adresse(f"/simulation/aides/?{PROJET}")),
    Vue("aide", "", par("/aides/?q=international", "main h2 a, main h3 a")),
    Vue("suivi", "menuiserie", par("/dossiers/", DOSSIER_DEPOSE), DEUX),
    Vue("membres", "menuiserie", par("/entreprises/", "main a[href^='/entreprises/']")),
    Vue("corbeille", "region", adresse("/instruction/")),
    Vue("demande", "region", demande_ouverte, DEUX),
    Vue("tableau-de-bord", "region", adresse("/instruction/tableau-de-bord/")),
    Vue("territoire", "lauragais", adresse("/territoire/")),
    Vue("organisme", "region", par("/organisme/", "main a[href^='/organisme/']")),
    Vue("orientation", "orientation", adresse("/orientation/")),
)


def main() -> int:
    if CHROMIUM is None:
        print("Il faut Chromium : sudo apt-get install chromium", file=sys.stderr)
        return 1
    voulues = set(sys.argv[1:])
    DOSSIER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for vue in VUES:
            if not voulues or vue.nom in voulues:
                photographier(chromium, vue)
        chromium.close()
    return 0


def photographier(chromium: Any, vue: Vue) -> None:
    for largeur, hauteur in vue.tailles:
        contexte = chromium.new_context(
            viewport={"width": largeur, "height": hauteur},
            locale="fr-FR",
            device_scale_factor=1 if largeur >= BUREAU[0] else 2,
            reduced_motion="reduce",
        )
        page = contexte.new_page()
        if vue.qui:
            _se_connecter(page, vue.qui)
        vue.aller(page)
        suffixe = "" if largeur >= BUREAU[0] else "-telephone"
        _ecrire(page, DOSSIER / f"{vue.nom}{suffixe}.webp", largeur)
        contexte.close()


def _se_connecter(page: Page, qui: str) -> None:
    _ouvrir(page, "/comptes/login/")
    page.locator("[name=login]").fill(f"{qui}@exemple.invalid")
    page.locator("[name=password]").fill(MOT_DE_PASSE)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def _ecrire(page: Page, fichier: Path, largeur: int) -> None:
    haut = min(page.evaluate("document.documentElement.scrollHeight"), HAUTEUR_MAXIMALE)
    brut = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": largeur, "height": haut})
    image = Image.open(io.BytesIO(brut))
    image.thumbnail((LARGEUR_ECRITE, image.height))
    image.save(fichier, "WEBP", quality=QUALITE, method=6)
    print(f"{fichier.name} ({fichier.stat().st_size // 1024} Ko)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
