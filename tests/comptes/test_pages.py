"""Signing up, confirming, signing in: in French, in our theme, landing on one's dossiers."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache

from portal.comptes.models import User
from tests.fabriques import MOT_DE_PASSE, GuichetFabrique, UserFabrique, agent_de

pytestmark = pytest.mark.django_db


def confirme(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_from_signing_up_to_ones_dossiers(client):
    donnees = {
        "email": "nouvelle@exemple.invalid", "password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE,
    }  # fmt: skip
    reponse = client.post("/comptes/signup/", donnees, follow=True)
    assert "Confirmez votre adresse" in reponse.content.decode()
    [message] = mail.outbox
    assert "Bonjour" in message.body
    chemin = re.search(r"http://localhost:8000(/\S+)", message.body)[1]
    page = client.get(chemin).content.decode()
    assert "nouvelle@exemple.invalid" in page
    assert not EmailAddress.objects.get().verified
    reponse = client.post(chemin, follow=True)
    assert reponse.redirect_chain[-1][0] == "/dossiers/"
    assert "Vos dossiers apparaîtront ici" in reponse.content.decode()
    assert EmailAddress.objects.get().verified


def test_a_mail_server_that_is_down_loses_no_account_and_is_said(client, settings):
    settings.EMAIL_BACKEND = "tests.comptes.panne.EnPanne"
    donnees = {
        "email": "nouvelle@exemple.invalid", "password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE,
    }  # fmt: skip
    page = client.post("/comptes/signup/", donnees, follow=True).content.decode()
    assert "notre messagerie ne répond pas" in page
    assert User.objects.filter(email="nouvelle@exemple.invalid").exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()  # minutes later: the limit on messages to one address has passed
    client.post("/comptes/login/", {"login": donnees["email"], "password": MOT_DE_PASSE})
    assert [message.to for message in mail.outbox] == [["nouvelle@exemple.invalid"]]


def test_signing_in_goes_where_one_was_going(client):
    user = confirme(UserFabrique())
    identifiants = {"login": user.email, "password": MOT_DE_PASSE}
    suite = "/dossiers/nouveau/"
    page = client.get(f"/comptes/login/?next={suite}").content.decode()
    assert f'name="next" value="{suite}"' in page
    assert client.post("/comptes/login/", identifiants | {"next": suite}).url == suite
    client.post("/comptes/logout/")
    assert client.post("/comptes/login/", identifiants).url == "/dossiers/"
    client.post("/comptes/logout/")
    ailleurs = identifiants | {"next": "https://ailleurs.invalid/"}
    assert client.post("/comptes/login/", ailleurs).url == "/dossiers/"


def test_an_officer_lands_on_the_desk(client):
    agent = confirme(agent_de(GuichetFabrique()))
    reponse = client.post("/comptes/login/", {"login": agent.email, "password": MOT_DE_PASSE})
    assert reponse.url == "/instruction/"
    page = client.get("/").content.decode()
    assert "Ma corbeille" in page
    assert "Mes dossiers</a></li>" not in page


def test_a_wrong_password_is_said_at_the_top(client):
    confirme(UserFabrique(email="a@exemple.invalid"))
    donnees = {"login": "a@exemple.invalid", "password": "autre"}
    page = client.post("/comptes/login/", donnees).content.decode()
    assert 'role="alert"' in page
    assert User.objects.get().check_password(MOT_DE_PASSE)


@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_the_address_has_one_name_everywhere(client, page):
    texte = client.get(f"/comptes/{page}/").content.decode()
    assert ">Adresse électronique</label>" in texte
    assert ">Courriel<" not in texte
    assert ">E-mail<" not in texte


def test_the_help_of_a_password_follows_its_field(client):
    page = client.get("/comptes/signup/").content.decode()
    assert page.index('name="password1"') < page.index("Huit caractères au moins")


PAGES = [
    ("/comptes/login/", "Se connecter"),
    ("/comptes/signup/", "Créer un compte"),
    ("/comptes/password/reset/", "Mot de passe oublié"),
    ("/comptes/password/reset/done/", "Message envoyé"),
    ("/comptes/confirm-email/", "Confirmez votre adresse"),
    ("/comptes/confirm-email/faux/", "Ce lien ne fonctionne plus"),
]
PAGES_CONNECTEES = [
    ("/comptes/email/", "électronique"),
    ("/comptes/password/change/", "Changer de mot de passe"),
    ("/comptes/logout/", "Se déconnecter"),
    ("/comptes/2fa/", "authentification"),
]


@pytest.mark.parametrize(("chemin", "texte"), PAGES)
def test_pages_for_strangers_are_in_our_theme(client, chemin, texte):
    page = client.get(chemin).content.decode()
    assert texte in page
    assert 'class="evitement"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize(("chemin", "texte"), PAGES_CONNECTEES)
def test_pages_of_the_account_are_in_our_theme(client, chemin, texte):
    client.force_login(confirme(UserFabrique()))
    page = client.get(chemin).content.decode()
    assert texte in page
    assert 'class="evitement"' in page
    assert page.count("<h1") == 1
