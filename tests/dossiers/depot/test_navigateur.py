"""A company's whole path in a real Chromium: desktop, phone, and without JavaScript."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from playwright.sync_api import expect

from dossiers.faits import faits_json
from dossiers.models import Demande, Dossier
from tests.fabriques import MOT_DE_PASSE, siren, siret
from tests.navigateur import ABANDONS

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
LARGEURS = pytest.mark.parametrize("largeur", [1280, 360])


def surveiller(visite):
    """A violation of the content security policy only shows in the console."""
    visite.page.set_default_timeout(20_000)

    def noter(message):
        if message.type == "error" and not message.text.startswith(ABANDONS):
            visite.fautes.append(message.text)

    visite.page.on("console", noter)


def continuer(visite, suivante):
    visite.suivre(visite.page.get_by_role("button", name="Enregistrer et continuer"))
    expect(visite.page).to_have_url(re.compile(f"/{suivante}$"))


@LARGEURS
def test_from_signing_up_to_the_follow_up(visiter, largeur, catalogue, commune, nomenclatures):
    visite = visiter(largeur=largeur)
    surveiller(visite)
    page = visite.page
    visite.aller("/")
    visite.verifier()
    visite.aller("/comptes/signup/?next=/dossiers/nouveau/")
    page.get_by_label("Adresse électronique").fill(f"nouvelle-{largeur}@exemple.invalid")
    page.locator("[name=password1]").fill(MOT_DE_PASSE)
    page.locator("[name=password2]").fill(MOT_DE_PASSE)
    visite.suivre(page.get_by_role("button", name="Créer mon compte"))
    page.get_by_role("heading", name="Confirmez votre adresse").wait_for()
    visite.verifier()
    visite.aller(re.search(r"http://[^/\s]+(/\S+)", mail.outbox[0].body)[1])
    visite.suivre(page.get_by_role("button", name="Oui, confirmer"))
    expect(page).to_have_url(re.compile("/dossiers/"))
    assert EmailAddress.objects.get().verified
    visite.aller("/dossiers/nouveau/")
    visite.verifier()
    page.get_by_label("SIRET").fill(siret(siren(7)))
    page.get_by_label("Nom de l’entreprise").fill("Atelier fictif")
    page.get_by_label("Titre du projet").fill("Atelier neuf")
    visite.suivre(page.get_by_role("button", name="Créer le dossier"))
    page.get_by_role("heading", name="Atelier neuf").wait_for()
    visite.verifier()
    remplir(visite)
    visite.suivre(page.get_by_role("link", name="Choisir vos aides"))
    page.get_by_role("heading", name="Vos aides", exact=True).wait_for()
    visite.verifier()
    page.locator("article", has_text="Aide eligible").locator("summary").click()
    page.get_by_text("Valeur utilisée").first.wait_for()
    page.get_by_role("checkbox", name="Demander Aide eligible").check()
    expect(page.locator("#compte-choix")).to_have_text("1 aide choisie")
    visite.suivre(page.get_by_role("button", name="Vérifier avant de déposer"))
    page.get_by_text("Guichet fictif des entreprises").wait_for()
    visite.verifier()
    page.get_by_role("checkbox", name="Je dépose en l’état").check()
    visite.suivre(page.get_by_role("button", name="Déposer le dossier"))
    expect(page).to_have_url(re.compile("/suivi/$"))
    visite.verifier()
    expect(page.locator(".numero")).to_have_text(Dossier.objects.get().numero)
    assert Demande.objects.get().aide.code == "eligible"


def remplir(visite):
    page = visite.page
    visite.suivre(page.get_by_role("link", name="L’entreprise"))
    page.get_by_label("code NAF (APE").fill("structures")
    page.get_by_label("équivalent temps plein").fill("12,5")
    page.get_by_label("Quel est le total du bilan").fill("1 500 000,50")
    page.get_by_text("Enregistré à").wait_for()
    visite.verifier()
    continuer(visite, "projet/")
    visite.verifier()
    page.get_by_label("Acheter des machines").check()
    continuer(visite, "lieu/")
    page.get_by_label("Dans quelle commune").fill("Valfictif")
    continuer(visite, "calendrier/")
    continuer(visite, "depenses/")
    page.get_by_label("Équipements").fill("100 000")
    page.get_by_label("Bâtiments").fill("20 000")
    page.get_by_label("Terrain").focus()
    page.locator("#total-depenses", has_text="120").wait_for()
    visite.verifier()
    continuer(visite, "financement/")
    visite.suivre(page.get_by_role("button", name="Enregistrer et revenir à la liste"))
    page.get_by_role("heading", name="section par section").wait_for()
    faits = faits_json(Dossier.objects.get().faits)
    assert (faits["naf"], faits["effectif"]) == ("25.11Z", "12.5")
    assert (faits["depense_equipement"], faits["depense_terrain"]) == ("100000.00", "0.00")
    assert faits["commune_projet"] == "20901"


def test_every_step_works_without_javascript(visiter, gerante, vide, catalogue, commune):
    visite = visiter(gerante, js=False)
    surveiller(visite)
    page = visite.page
    visite.aller(f"/dossiers/{vide.identifiant}/entreprise/")
    page.get_by_label("équivalent temps plein").fill("12,5")
    continuer(visite, "projet/")
    visite.aller(f"/dossiers/{vide.identifiant}/lieu/")
    page.get_by_label("Dans quelle commune").fill("Montfictif")
    continuer(visite, "calendrier/")
    expect(page.get_by_text("fait maintenant partie de Valfictif")).to_have_count(1)
    visite.aller(f"/dossiers/{vide.identifiant}/aides/")
    page.locator("article", has_text="Aide eligible").locator("summary").click()
    visite.suivre(page.get_by_role("link", name="Lire toutes les conditions").first)
    page.get_by_text("Valeur utilisée").first.wait_for()
    visite.suivre(page.get_by_role("link", name="Revenir à vos aides"))
    page.get_by_role("checkbox", name="Demander Aide eligible").check()
    visite.suivre(page.get_by_role("button", name="Vérifier avant de déposer"))
    page.get_by_role("checkbox", name="Je dépose en l’état").check()
    visite.suivre(page.get_by_role("button", name="Déposer le dossier"))
    expect(page).to_have_url(re.compile("/suivi/$"))
    assert Demande.objects.count() == 1


def test_a_field_replaced_while_it_looks_something_up_does_not_hold_the_button(
    visiter, gerante, vide, catalogue, nomenclatures
):
    visite = visiter(gerante)
    page = visite.page
    retenues = []
    page.route("**/suggestions/naf/**", lambda route: retenues.append(route))  # noqa: PLW0108
    visite.aller(f"/dossiers/{vide.identifiant}/entreprise/")
    page.get_by_label("code NAF (APE").press_sequentially("structures")
    visite.patienter(lambda: retenues, "la recherche est retenue")
    page.get_by_label("équivalent temps plein").fill("12")
    page.get_by_text("Enregistré à").wait_for()
    expect(page.get_by_label("code NAF (APE")).not_to_have_value("structures")
    for retenue in retenues:
        retenue.continue_()
    continuer(visite, "projet/")


def test_a_button_pressed_during_a_save_is_the_one_that_counts(visiter, gerante, vide, catalogue):
    visite = visiter(gerante)
    page = visite.page
    retenues = []
    faits = []

    def retenir(route):
        # The save as one types is held back; the form sent by its button is a navigation.
        if route.request.method != "POST":
            route.continue_()
        elif route.request.is_navigation_request():
            faits.append("le bouton")
            route.continue_()
        else:
            retenues.append(route)

    def noter(requete):
        if requete.method == "POST" and not requete.is_navigation_request():
            faits.append("la sauvegarde")

    page.on("requestfinished", noter)
    page.route(f"**/dossiers/{vide.identifiant}/emplois/", retenir)
    visite.aller(f"/dossiers/{vide.identifiant}/emplois/")
    page.get_by_label("CDI").fill("3")
    page.get_by_label("maintenir").focus()
    visite.patienter(lambda: retenues, "la sauvegarde est retenue")
    page.get_by_role("button", name="Enregistrer et revenir à la liste").click()
    retenues.pop().continue_()
    page.get_by_role("heading", name="section par section").wait_for()
    assert faits == ["la sauvegarde", "le bouton"]
    vide.refresh_from_db()
    assert faits_json(vide.faits)["emplois_crees"] == "3"


def test_a_second_tab_is_told_and_chooses(visiter, gerante, vide, catalogue):
    premiere = visiter(gerante)
    chemin = f"/dossiers/{vide.identifiant}/emplois/"
    premiere.aller(chemin)
    seconde = premiere.page.context.new_page()
    seconde.goto(premiere.adresse + chemin)
    premiere.page.get_by_label("CDI").fill("3")
    premiere.page.get_by_label("maintenir").focus()
    premiere.page.get_by_text("Enregistré à").wait_for()
    seconde.get_by_label("CDI").fill("5")
    seconde.get_by_label("maintenir").focus()
    seconde.get_by_role("button", name="Comparer et choisir").click()
    seconde.get_by_role("radio", name="Ce que vous venez d’écrire ici").check()
    seconde.get_by_role("button", name="Garder ces réponses").click()
    seconde.get_by_role("heading", name="section par section").wait_for()
    vide.refresh_from_db()
    assert faits_json(vide.faits)["emplois_crees"] == "5"
