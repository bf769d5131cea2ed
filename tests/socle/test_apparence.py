"""Light, dark or as the system: a choice kept without JavaScript, and that leads nowhere else."""

import pytest
from django.urls import reverse

from portal.socle.apparence import TEMOIN
from portal.socle.problemes import erreur_interne

ADRESSE = "/apparence/"


@pytest.fixture
def page(client):
    """The sign-in page, as text."""

    def lire() -> str:
        return client.get("/comptes/login/").content.decode()

    return lire


@pytest.mark.django_db
def test_the_choice_is_kept_and_can_be_given_back_to_the_system(client, page):
    assert '<html lang="fr">' in page()
    for code, mode in (("sombre", "dark"), ("clair", "light")):
        reponse = client.post(ADRESSE, {"apparence": code, "suite": "/comptes/login/"})
        assert (reponse.status_code, reponse.url) == (302, "/comptes/login/")
        temoin = reponse.cookies[TEMOIN]
        assert (temoin["samesite"], temoin["httponly"]) == ("Lax", True)
        assert f'<html lang="fr" data-bs-theme="{mode}">' in page()
    client.post(ADRESSE, {"apparence": "systeme", "suite": "/"})
    assert '<html lang="fr">' in page()


@pytest.mark.django_db
def test_the_button_of_the_choice_says_so(client):
    client.cookies[TEMOIN] = "sombre"
    page = " ".join(client.get("/comptes/login/?next=/dossiers/").content.decode().split())
    assert 'value="sombre" aria-pressed="true"' in page
    assert page.count('aria-pressed="true"') == 1
    assert 'name="suite" value="/comptes/login/?next=/dossiers/"' in page


@pytest.mark.parametrize(
    "suite",
    ["", "https://ailleurs.invalid/", "//ailleurs.invalid", "javascript:alert(1)", "/\\ailleurs"],
)
def test_it_never_leads_elsewhere(client, suite):
    assert client.post(ADRESSE, {"apparence": "clair", "suite": suite}).url == "/"


@pytest.mark.parametrize("code", ["", "violet", "dark"])
def test_an_unknown_choice_is_refused_and_keeps_nothing(client, code):
    reponse = client.post(ADRESSE, {"apparence": code, "suite": "/"})
    assert reponse.status_code == 400
    assert not reponse.cookies


def test_reading_the_address_changes_nothing(client):
    assert client.get(ADRESSE).status_code == 405


@pytest.mark.django_db
def test_a_cookie_of_somebody_s_making_counts_for_none(client, page):
    client.cookies[TEMOIN] = '"><script>'
    assert '<html lang="fr">' in page()


@pytest.mark.django_db
def test_the_gallery_is_for_developers(client, settings):
    adresse = reverse("composants")
    assert client.get(adresse).status_code == 404
    settings.DEMONSTRATION = True
    assert client.get(adresse).status_code == 200


@pytest.mark.django_db
def test_the_gallery_shows_each_theme_in_each_mode(client, settings):
    settings.DEMONSTRATION = True
    page = client.get(reverse("composants"), {"theme": "lauragais", "apparence": "sombre"})
    texte = page.content.decode()
    assert '<html lang="fr" data-bs-theme="dark">' in texte
    assert "portail/themes/lauragais.css" in texte
    assert "– Aides aux entreprises du Lauragais" in " ".join(texte.split())
    assert client.get(reverse("composants"), {"theme": "inconnu"}).status_code == 404
    assert client.get(reverse("composants"), {"apparence": "x"}).status_code == 404


@pytest.mark.django_db
def test_the_form_of_the_gallery_shows_its_errors_once_sent(client, settings):
    settings.DEMONSTRATION = True
    assert "bandeau-erreurs" not in client.get(reverse("composants")).content.decode()
    page = client.get(reverse("composants"), {"siret": "123456789012345"}).content.decode()
    assert "<title>Erreur : Composants" in page
    assert 'href="#id_siret"' in page


@pytest.mark.django_db
def test_the_gallery_names_every_component(client, settings):
    settings.DEMONSTRATION = True
    page = client.get(reverse("composants"))
    montres = {gabarit.name for gabarit in page.templates}
    page_sans_espaces = page.content.decode()
    for nom in (
        "bandeau",
        "champ",
        "erreurs",
        "etapes",
        "etat",
        "etat-vide",
        "fil",
        "journal",
        "liste-fichiers",
        "onglets",
        "pagination",
        "progression",
        "tuile-chiffre",
    ):
        assert f"composants/{nom}.html" in montres
        assert f"composants/{nom}.html" in page_sans_espaces, nom


def test_a_page_of_error_has_the_theme_without_the_session_nor_the_database(settings, rf):
    settings.THEME = "occitanie"
    requete = rf.get("/dossiers/", headers={"cookie": f"{TEMOIN}=sombre"})
    reponse = erreur_interne(requete)
    page = reponse.content.decode()
    assert reponse.status_code == 500
    assert '<html lang="fr" data-bs-theme="dark">' in page
    assert "portail/themes/occitanie.css" in page
    assert "Aides aux entreprises en Occitanie" in page
