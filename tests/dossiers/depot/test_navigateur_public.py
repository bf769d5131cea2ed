"""Without an account, in a real Chromium: the simulation and the catalogue, with and without
JavaScript, on a desktop and on a phone."""

import re

import pytest

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
    page.get_by_role("button", name="Trouver mes aides").click()
    page.wait_for_url("**/simulation/?**")
    visite.verifier()
    assert page.get_by_label("Dans quelle commune le projet").input_value() == "Valfictif (20900)"
    compte = page.locator(".compte-possibles")
    assert "0 aide possible" in compte.inner_text() or "0 aides possibles" in compte.inner_text()
    page.get_by_label("Combien de salariés").fill("12,5")
    page.locator(".compte-possibles", has_text="3").wait_for(state="attached")
    page.get_by_label("Acheter des machines").check()
    page.wait_for_url(re.compile("nature_projet=investissement"))
    assert page.evaluate("document.activeElement.value") == "investissement"
    page.get_by_label("Combien coûte le projet").fill("80 000")
    page.get_by_label("À quoi sert surtout").select_option("depense_equipement")
    page.wait_for_url(re.compile("poste=depense_equipement"))
    visite.verifier()
    page.get_by_role("button", name="Voir mes aides").click()
    page.get_by_role("heading", name="Les aides possibles").wait_for()
    visite.verifier()
    page.locator("article", has_text="Aide eligible").locator("summary").click()
    page.get_by_text("Valeur utilisée").first.wait_for()
    page.get_by_role("button", name="Créer mon compte et garder").click()
    page.get_by_text("Vos réponses sont gardées").wait_for()
    visite.verifier()


def test_an_answer_with_several_meanings_is_chosen_in_place(visiter, lieux):
    visite = visiter()
    surveiller(visite)
    page = visite.page
    visite.aller("/simulation/")
    page.get_by_label("code NAF").fill("menuiserie")
    page.get_by_label("Combien de salariés").focus()
    page.get_by_label("43.32A Travaux de menuiserie").check()
    page.wait_for_url(re.compile("naf=43.32A"))
    assert page.get_by_label("code NAF").input_value().startswith("43.32A Travaux")
    assert "plusieurs réponses" not in page.locator("#id_naf_error").inner_text()
    visite.verifier()


def test_everything_works_without_javascript_on_a_phone(visiter, gerante, lieux):
    visite = visiter(gerante, js=False, largeur=360)
    surveiller(visite)
    page = visite.page
    visite.aller("/simulation/?aide=eligible")
    page.get_by_label("Dans quelle commune le projet").fill("Montfictif")
    page.get_by_label("Combien de salariés").fill("douze")
    page.get_by_role("button", name="Voir mes aides").click()
    page.get_by_role("link", name=re.compile("Effectif.*Écrivez un nombre")).wait_for()
    visite.verifier()
    page.get_by_label("Combien de salariés").fill("12")
    page.get_by_role("button", name="Voir mes aides").click()
    page.get_by_role("heading", name="Les aides possibles").wait_for()
    visite.verifier()
    page.get_by_role("link", name="Modifier mes réponses").click()
    assert page.get_by_label("Combien de salariés").input_value() == "12"
    page.get_by_role("button", name="Voir mes aides").click()
    page.get_by_role("button", name="Ouvrir un dossier avec ces réponses").click()
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
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.url.endswith("q=export&territoire=&financeur=&tri=titre")
    assert page.locator("#resultats article, #resultats li.carte").count() == 1
    page.get_by_label("Mots cherchés").fill("")
    page.locator("#nombre", has_text="6 aides").wait_for()
    plus = page.get_by_text("Plus de filtres")
    if plus.is_visible():
        plus.click()
    page.get_by_label("Se demande ailleurs").check()
    page.locator("#nombre", has_text="1 aide sur 6").wait_for()
    assert page.evaluate("document.activeElement.id") == "voie-externe"
    page.get_by_role("link", name="Aide externe").click()
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
    page.get_by_role("button", name="Chercher").click()
    page.locator("#nombre", has_text="5 aides sur 5").wait_for()
    visite.verifier()
    page.get_by_role("link", name="Aide eligible").click()
    page.get_by_role("link", name="Demander cette aide").click()
    page.get_by_text("Vous pensez à").wait_for()
    visite.verifier()


def test_the_field_being_written_is_not_judged(visiter, lieux):
    visite = visiter()
    surveiller(visite)
    page = visite.page
    visite.aller("/simulation/")
    naf = page.get_by_label("code NAF")
    naf.fill("menuiserie")
    with page.expect_response("**/simulation/direct/**"):
        naf.evaluate("champ => champ.dispatchEvent(new Event('change', { bubbles: true }))")
    page.wait_for_url(re.compile("naf=menuiserie"))
    assert page.locator("#id_naf_error").inner_text() == ""
    assert page.locator("#candidats-naf input").count() == 0
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
    naf = page.get_by_label("code NAF")
    naf.fill("m")
    page.get_by_label("Combien de salariés").focus()
    page.locator("#simulation.htmx-request").wait_for()
    naf.fill("menuiserie bois")
    page.wait_for_timeout(50)
    for route in retenues:
        route.continue_()
    page.wait_for_url(re.compile("naf=m(&|$)"))
    assert page.locator("#id_naf_error").inner_text() == ""
    assert naf.input_value() == "menuiserie bois"
