"""Without an account, in a real Chromium: the simulation and the catalogue, with and without
JavaScript, on a desktop and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from dossiers.depot.models import ReponsesGardees
from tests.dossiers.depot.conftest import effectif, publier
from tests.dossiers.depot.test_navigateur import LARGEURS, surveiller

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lieux(catalogue, commune, nomenclatures):
    return catalogue


@LARGEURS
def test_the_count_moves_as_one_answers(visiter, largeur, lieux):
    visite = visiter(largeur=largeur)
    surveiller(visite)
    page = visite.page
    visite.aller("/")
    visite.verifier()
    page.get_by_label("Dans quelle commune").fill("Valfictif")
    visite.suivre(page.get_by_role("button", name="Trouver mes aides"))
    expect(page).to_have_url(re.compile(r"/simulation/\?"))
    visite.verifier()
    expect(page.get_by_label("Dans quelle commune le projet")).to_have_value("Valfictif (20900)")
    compte = page.locator(".compte-possibles")
    expect(compte).to_contain_text(re.compile("0 aides? possibles?"))
    page.get_by_label("Combien de salariés").fill("12,5")
    expect(compte).to_contain_text("3")
    page.get_by_label("Acheter des machines").check()
    expect(page).to_have_url(re.compile("nature_projet=investissement"))
    expect(page.get_by_label("Acheter des machines")).to_be_focused()
    page.get_by_label("Combien coûte le projet").fill("80 000")
    page.get_by_label("À quoi sert surtout").select_option("depense_equipement")
    expect(page).to_have_url(re.compile("poste=depense_equipement"))
    visite.verifier()
    visite.suivre(page.get_by_role("button", name="Voir mes aides"))
    page.get_by_role("heading", name="Les aides possibles").wait_for()
    visite.verifier()
    page.locator("article", has_text="Aide eligible").locator("summary").click()
    page.get_by_text("Valeur utilisée").first.wait_for()
    visite.suivre(page.get_by_role("button", name="Créer mon compte et garder"))
    page.get_by_text("Vos réponses sont gardées").wait_for()
    visite.verifier()


def test_an_answer_with_several_meanings_is_chosen_in_place(visiter, lieux):
    visite = visiter()
    surveiller(visite)
    page = visite.page
    visite.aller("/simulation/")
    page.get_by_label("code NAF (APE").fill("menuiserie")
    page.get_by_label("Combien de salariés").focus()
    page.get_by_label("43.32A Travaux de menuiserie").check()
    expect(page).to_have_url(re.compile("naf=43.32A"))
    expect(page.get_by_label("code NAF (APE")).to_have_value(re.compile("^43.32A Travaux"))
    expect(page.locator("#id_naf_error")).not_to_contain_text("plusieurs réponses")
    visite.verifier()


def test_everything_works_without_javascript_on_a_phone(visiter, gerante, lieux):
    visite = visiter(gerante, js=False, largeur=360)
    surveiller(visite)
    page = visite.page
    visite.aller("/simulation/?aide=eligible")
    page.get_by_label("Dans quelle commune le projet").fill("Montfictif")
    page.get_by_label("Combien de salariés").fill("douze")
    visite.suivre(page.get_by_role("button", name="Voir mes aides"))
    page.get_by_role("link", name=re.compile("Effectif.*Écrivez un nombre")).wait_for()
    visite.verifier()
    page.get_by_label("Combien de salariés").fill("12")
    visite.suivre(page.get_by_role("button", name="Voir mes aides"))
    page.get_by_role("heading", name="Les aides possibles").wait_for()
    visite.verifier()
    visite.suivre(page.get_by_role("link", name="Modifier mes réponses"))
    expect(page.get_by_label("Combien de salariés")).to_have_value("12")
    visite.suivre(page.get_by_role("button", name="Voir mes aides"))
    visite.suivre(page.get_by_role("button", name="Ouvrir un dossier avec ces réponses"))
    page.get_by_role("heading", name="Vos réponses sont là").wait_for()
    visite.verifier()
    assert ReponsesGardees.objects.get().aides == ["eligible"]


@LARGEURS
def test_the_catalogue_is_filtered_in_place(visiter, largeur, lieux):
    publier("export", effectif("<=", "249"), nature="export", texte="aide export")
    visite = visiter(largeur=largeur)
    surveiller(visite)
    page = visite.page
    visite.aller("/aides/")
    visite.verifier()
    page.get_by_label("Mots cherchés").press_sequentially("export", delay=20)
    page.locator("#nombre", has_text="1 aide sur 6").wait_for()
    expect(page.locator("#q")).to_be_focused()
    expect(page).to_have_url(re.compile("q=export&territoire=&financeur=&tri=titre$"))
    expect(page.locator("#resultats article, #resultats li.carte")).to_have_count(1)
    page.get_by_label("Mots cherchés").fill("")
    page.locator("#nombre", has_text="6 aides").wait_for()
    if largeur < 960:
        page.get_by_text("Plus de filtres").click()
    page.get_by_label("Se demande ailleurs").check()
    page.locator("#nombre", has_text="1 aide sur 6").wait_for()
    expect(page.locator("#voie-externe")).to_be_focused()
    visite.suivre(page.get_by_role("link", name="Aide externe"))
    page.get_by_role("heading", name="Aide externe").wait_for()
    visite.verifier()
    page.go_back()
    page.locator("#nombre", has_text="1 aide sur 6").wait_for()


def test_the_catalogue_works_without_javascript(visiter, lieux):
    visite = visiter(js=False, largeur=360)
    surveiller(visite)
    page = visite.page
    visite.aller("/aides/")
    page.get_by_label("Lieu du projet").fill("Valfictif")
    visite.suivre(page.get_by_role("button", name="Chercher"))
    page.locator("#nombre", has_text="5 aides sur 5").wait_for()
    visite.verifier()
    visite.suivre(page.get_by_role("link", name="Aide eligible"))
    visite.suivre(page.get_by_role("link", name="Demander cette aide"))
    page.get_by_text("Vous pensez à").wait_for()
    visite.verifier()


def test_the_field_being_written_is_not_judged(visiter, lieux):
    visite = visiter()
    surveiller(visite)
    page = visite.page
    visite.aller("/simulation/")
    naf = page.get_by_label("code NAF (APE")
    naf.fill("menuiserie")
    with page.expect_response("**/simulation/direct/**"):
        naf.evaluate("champ => champ.dispatchEvent(new Event('change', { bubbles: true }))")
    expect(page).to_have_url(re.compile("naf=menuiserie"))
    # The address and the page changed at the same moment.
    expect(page.locator("#id_naf_error")).to_have_text("")
    expect(page.locator("#candidats-naf input")).to_have_count(0)
    page.get_by_label("Combien de salariés").focus()
    page.get_by_label("43.32A Travaux de menuiserie").wait_for()


def test_an_answer_to_what_was_typed_before_is_dropped(visiter, lieux):
    visite = visiter()
    surveiller(visite)
    page = visite.page
    retenues = []

    def retenir(route):
        retenues.append(route)

    page.route("**/simulation/direct/**", retenir)
    visite.aller("/simulation/")
    naf = page.get_by_label("code NAF (APE")
    naf.fill("m")
    page.get_by_label("Combien de salariés").focus()
    page.locator("#simulation.htmx-request").wait_for()
    naf.fill("menuiserie bois")
    visite.patienter(lambda: retenues, "la première réponse est retenue")
    retenues[0].continue_()
    expect(page).to_have_url(re.compile("naf=m(&|$)"))
    # The address and the page changed at the same moment.
    expect(page.locator("#id_naf_error")).to_have_text("")
    expect(naf).to_have_value("menuiserie bois")
