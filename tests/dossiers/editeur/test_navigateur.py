"""From the menu to the publication of a new aide, in a real browser, on a desktop and a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from aides.models import Aide
from tests.fabriques import GestionnaireCatalogueFabrique
from tests.navigateur import Visite

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user(petite_region):
    region, _ = petite_region
    return GestionnaireCatalogueFabrique(organisme=region).user


def entrer(visite: Visite) -> Page:
    """Open the catalogue from the menu, which a phone folds."""
    visite.aller("/notifications/")
    page = visite.page
    menu = page.get_by_role("navigation", name="Menu principal")
    if page.viewport_size["width"] < 960:
        menu.locator("summary").click()
    visite.suivre(menu.get_by_role("link", name="Mon catalogue"))
    return page


def choisir(visite: Visite, cherche: str, lien: str, dans: str = "Ajouter une condition") -> None:
    """From the tree to the form of a fact, found in the vocabulary."""
    page = visite.page
    visite.suivre(page.get_by_role("link", name=dans).last)
    page.get_by_label("Chercher", exact=True).fill(cherche)
    expect(page.locator("#propositions a")).to_have_count(1)
    visite.suivre(page.get_by_role("link", name=lien))


def enregistrer(visite: Visite, phrase: str) -> None:
    """The sentence is there before one saves, then in the tree."""
    page = visite.page
    expect(page.locator("#apercu")).to_contain_text(phrase)
    visite.suivre(page.get_by_role("button", name="Ajouter cette condition"))
    expect(page.locator(".arbre")).to_contain_text(phrase)


def citer(page: Page, libelle: str = "") -> None:
    """Choose the source cited already, or write a new one."""
    if not libelle:
        page.get_by_label("Règlement fictif, article 1").check()
        return
    page.get_by_label("Texte ou page").fill(libelle)


@pytest.mark.parametrize("largeur", [1280, 360])
def test_from_the_menu_to_the_publication(visiter, user, largeur):
    visite = visiter(user, largeur=largeur)
    page = entrer(visite)
    visite.suivre(page.get_by_role("link", name="Nouvelle aide"))
    page.get_by_label("Nom de l’aide").fill("Prime fictive aux ateliers")
    visite.suivre(page.get_by_role("button", name="Créer le brouillon"))
    remplir_la_fiche(visite)
    visite.suivre(page.get_by_role("link", name=re.compile("^Conditions")))
    expect(page.get_by_text("Aucune condition pour l’instant")).to_be_visible()
    ecrire_les_conditions(visite)
    regrouper(page)
    visite.verifier()
    publier(visite)


def remplir_la_fiche(visite: Visite) -> None:
    page = visite.page
    page.get_by_label("Description").fill("Une aide inventée pour l’essai.")
    page.get_by_label("Pour quoi ?").select_option("investissement")
    page.get_by_label("Subvention").check()
    visite.suivre(page.get_by_role("button", name="Enregistrer"))
    visite.suivre(page.get_by_role("link", name=re.compile("^Lieu et dates")))
    # Found by its name while one types; the région itself was chosen from the organisme.
    page.locator("#id_exclusions").fill("vallee-fict")
    page.get_by_label("Vallée-Fictive").check()
    visite.suivre(page.get_by_role("button", name="Enregistrer"))
    expect(page.locator(".lecture")).to_contain_text("sauf Vallée-Fictive")
    visite.verifier()


def ecrire_les_conditions(visite: Visite) -> None:
    page = visite.page
    choisir(visite, "effectif", "Effectif (équivalent temps plein)")
    page.get_by_label("moins de", exact=True).check()
    page.get_by_label("Seuil").fill("50")
    citer(page, "Règlement fictif, article 1")
    enregistrer(visite, "L’effectif reste en dessous de 50 emplois")

    choisir(visite, "terrain", "Terrain")
    visite.suivre(page.get_by_role("link", name="Comparer à une autre réponse"))
    page.get_by_label("au plus", exact=True).check()
    page.get_by_label("Part (en pour cent)").fill("10")
    page.get_by_label("De quelle autre réponse ?").select_option("depenses_total")
    citer(page)
    enregistrer(visite, "ne dépassent pas 10 % du total des dépenses")

    choisir(visite, "APE", "Activité principale (code NAF)")
    page.locator("#id_codes").fill("métalliques")
    page.get_by_label("25 – Fabrication de produits métalliques").check()
    page.locator("#id_sauf").fill("armes")
    page.get_by_label("25.40Z – Fabrication d’armes").check()
    citer(page)
    enregistrer(visite, "sauf 25.40Z (Fabrication d’armes et de munitions)")

    choisir(visite, "agent", "Une condition que l’agent")
    page.get_by_label("La condition, en une phrase").fill("Le projet est structurant.")
    citer(page)
    enregistrer(visite, "Le projet est structurant")


def regrouper(page: Page) -> None:
    """The last two become « au moins une », in place, and undoing brings them back."""
    page.get_by_label(re.compile("^Choisir : L’activité")).check()
    page.get_by_label(re.compile("^Choisir : Le projet est structurant")).check()
    page.get_by_text("Regrouper ou ranger les conditions cochées").click()
    page.get_by_role("button", name="Regrouper").click()
    groupe = page.locator(".noeud-groupe .noeud-groupe")
    expect(groupe).to_contain_text("L’une au moins des conditions suivantes")
    expect(page.locator(".lecture")).to_contain_text("L’une au moins des conditions suivantes")
    page.get_by_role("button", name="Annuler").click()
    expect(groupe).to_have_count(0)
    page.get_by_role("button", name="Rétablir").click()
    expect(groupe).to_have_count(1)
    # The number follows, without being waited for.
    expect(page.locator("#nombre")).to_contain_text("sur 0")


def publier(visite: Visite) -> None:
    page = visite.page
    visite.suivre(page.get_by_role("link", name="Publier", exact=True))
    expect(page.get_by_text("Aucun dossier n’est encore déposé")).to_be_visible()
    visite.verifier()
    visite.suivre(page.get_by_role("button", name="Publier cette aide"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Effets de la version 1")
    visite.verifier()
    version = Aide.objects.get(code="prime-fictive-aux-ateliers").version
    assert version is not None
    assert version.criteres["criteres"][2]["type"] == "un"
    assert version.criteres["criteres"][1]["part"] == "10/100"
    assert version.exclusions != []
