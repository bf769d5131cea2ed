"""From the menu to a change that is applied, in a real browser, on a desktop and a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dossiers.models import Demande
from tests.fabriques import (
    CommuneFabrique,
    CompetenceFabrique,
    DemandeFabrique,
    GestionnaireCatalogueFabrique,
    GuichetFabrique,
    OrganismeFabrique,
)

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nouveau(transactional_db):
    """A second desk of the région; two demandes wait at the first."""
    commune = CommuneFabrique(nom="Vallée-Fictive")
    region = OrganismeFabrique(nom="Région fictive", territoire="REG-76")
    ancien = CompetenceFabrique(guichet__organisme=region, guichet__nom="Guichet ancien").guichet
    for _ in range(2):
        DemandeFabrique(remise=True, guichet=ancien, commune=commune)
    return GuichetFabrique(organisme=region, nom="Guichet nouveau")


@pytest.mark.parametrize("largeur", [1280, 360])
def test_a_competence_is_added_rehearsed_and_applied(visiter, nouveau, largeur):
    user = GestionnaireCatalogueFabrique(organisme=nouveau.organisme).user
    visite = visiter(user, largeur=largeur)
    page = visite.page
    visite.aller("/notifications/")
    menu = page.get_by_role("navigation", name="Menu principal")
    if largeur < 960:
        menu.locator("summary").click()
    visite.suivre(menu.get_by_role("link", name="Compétences"))
    visite.suivre(page.get_by_role("link", name="Ajouter une compétence"))
    page.get_by_label("Quel guichet ?").select_option(label="Guichet nouveau, Région fictive")
    page.get_by_label("Pour quelle nature d’aide ?").select_option("investissement")
    page.locator("input[name=perimetre_q]").fill("Vallée-Fic")
    page.get_by_role("checkbox", name=re.compile("Vallée-Fictive")).check()
    # Searching keeps its place in the page; Enter elsewhere asks for the rehearsal.
    chercher = page.get_by_role("button", name="Chercher").first
    with page.expect_response(re.compile("perimetre_q=Vall")):
        chercher.press("Enter")
    expect(chercher).to_be_focused()
    page.get_by_label("Premier jour").fill("2026-01-01")
    page.get_by_label("Quel texte le dit ?").fill("Délibération fictive")
    with page.expect_event("load"):
        page.get_by_label("Quel texte le dit ?").press("Enter")
    expect(page.locator(".resume")).to_contain_text("Ce changement déplace 2 demandes en cours")
    expect(page.locator(".resume")).to_contain_text("2 de Guichet ancien vers Guichet nouveau")
    assert not Demande.objects.filter(guichet=nouveau).exists()
    visite.suivre(page.get_by_role("button", name="Appliquer ce changement"))
    expect(page.get_by_text("C’est appliqué : 2 demandes déplacées")).to_be_visible()
    assert Demande.objects.filter(guichet=nouveau).count() == 2
