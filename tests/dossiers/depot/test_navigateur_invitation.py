"""Inviting, signing up and joining in a real Chromium: on a phone, without JavaScript, by keys."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect

from tests.fabriques import MOT_DE_PASSE, EntrepriseFabrique, MembreFabrique, UserFabrique

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _compteurs_vides():
    cache.clear()


def lien():
    return re.search(r"http://[^/\s]+(/invitations/\S+)", mail.outbox[-1].body)[1]


@pytest.mark.parametrize("js", [True, False])
def test_from_the_invitation_to_the_company_on_a_phone(visiter, js):
    gerante = UserFabrique(email="gerante@exemple.invalid")
    entreprise = EntrepriseFabrique(nom="Atelier fictif")
    MembreFabrique(user=gerante, entreprise=entreprise)
    invite = visiter(gerante, largeur=360, js=js)
    invite.aller("/entreprises/")
    invite.verifier()
    invite.page.get_by_label("Adresse électronique de la personne").fill("pas-une-adresse")
    invite.suivre(invite.page.get_by_role("button", name="Envoyer l’invitation"))
    invite.page.get_by_role("link", name="Adresse électronique de la personne").wait_for()
    invite.page.get_by_label("Adresse électronique de la personne").fill("nouvelle@exemple.invalid")
    invite.suivre(invite.page.get_by_role("button", name="Envoyer l’invitation"))
    invite.page.get_by_text("Invitation envoyée à nouvelle@exemple.invalid").wait_for()
    invite.verifier()

    visite = visiter(largeur=360, js=js)
    page = visite.page
    visite.aller(lien())
    visite.verifier()
    visite.suivre(page.get_by_role("button", name="Créer mon compte"))
    expect(page).to_have_url(re.compile("/comptes/signup/"))
    visite.verifier()
    expect(page.get_by_label("Adresse électronique")).to_have_value("nouvelle@exemple.invalid")
    page.locator("[name=password1]").fill(MOT_DE_PASSE)
    page.locator("[name=password2]").fill(MOT_DE_PASSE)
    visite.suivre(page.get_by_role("button", name="Créer mon compte"))
    page.get_by_role("button", name="Accepter l’invitation").wait_for()
    visite.verifier()
    assert entreprise.adhesions.count() == 1
    visite.suivre(page.get_by_role("button", name="Accepter l’invitation"))
    page.get_by_role("heading", name="Atelier fictif").wait_for()
    visite.verifier()
    assert entreprise.adhesions.get(user__email="nouvelle@exemple.invalid").etat == "actif"
    visite.aller(lien())
    page.get_by_role("heading", name="Cette invitation a déjà servi").wait_for()


def test_a_member_is_managed_with_the_keyboard_alone(visiter):
    gerante = UserFabrique()
    entreprise = EntrepriseFabrique()
    MembreFabrique(user=gerante, entreprise=entreprise)
    simple = MembreFabrique(entreprise=entreprise, role="membre")
    visite = visiter(gerante, largeur=360)
    page = visite.page
    visite.aller(f"/entreprises/{entreprise.siren}/membres/{simple.pk}/")
    visite.verifier()
    atteindre(page, "document.activeElement.name === 'role'")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("Administrateur"))).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text(f"Rôle de {simple.user} enregistré.").wait_for()
    simple.refresh_from_db()
    assert simple.role == "responsable"


def atteindre(page, condition):
    """Press Tab until the focus is where `condition` says."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"jamais atteint au clavier : {condition}")
