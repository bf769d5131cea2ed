"""Passwords: what is refused says what to do; too many tries wait; no address is given away."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.test import Client

from portal.comptes.models import User
from tests.fabriques import MOT_DE_PASSE, UserFabrique, confirmer

pytestmark = pytest.mark.django_db
REFUSES = [
    ("motdepasse", "dans les listes qu’essaient les pirates"),
    ("court", "trop court"),
    ("8273645190", "ajoutez des lettres"),
    ("prenomnom", "ressemble trop à votre adresse"),
]
#: In the list that Django carries.
COURANT = "football1"


@pytest.fixture(autouse=True)
def _compteurs_vides():
    cache.clear()


@pytest.fixture
def user():
    return confirmer(UserFabrique(email="prenom.nom@exemple.invalid"))


def lien_de(message):
    adresse = re.search(r"http://localhost:8000/\S+", message.body)[0]
    return urlsplit(adresse).path


def refuse(client, chemin, donnees, mot, texte):
    page = client.post(chemin, donnees | {"password1": mot, "password2": mot}).content.decode()
    assert texte in page
    assert 'role="alert"' in page


@pytest.mark.parametrize(("mot", "texte"), [(COURANT, REFUSES[0][1]), *REFUSES[1:]])
def test_a_refused_password_says_what_to_do(client, user, mot, texte):
    nouvelle = {"email": "prenom.nom@autre.invalid"}
    refuse(client, "/comptes/signup/", nouvelle, mot, texte)
    client.post("/comptes/password/reset/", {"email": user.email})
    suite = client.get(lien_de(mail.outbox[-1])).url
    refuse(client, suite, {}, mot, texte)
    connecte = Client()
    connecte.force_login(user)
    refuse(connecte, "/comptes/password/change/", {"oldpassword": MOT_DE_PASSE}, mot, texte)
    assert User.objects.get().check_password(MOT_DE_PASSE)


@pytest.mark.parametrize("chemin", ["/comptes/password/change/"])
def test_the_rules_are_read_before_typing(client, user, chemin):
    client.force_login(user)
    assert "Huit caractères au moins" in client.get(chemin).content.decode()


def test_a_password_is_reset_once_and_the_person_told(client, user):
    client.post("/comptes/password/reset/", {"email": user.email})
    adresse = lien_de(mail.outbox[-1])
    suite = client.get(adresse).url
    nouveau = "quatre mots bien fictifs"
    client.post(suite, {"password1": nouveau, "password2": nouveau})
    user.refresh_from_db()
    assert user.check_password(nouveau)
    assert mail.outbox[-1].subject == "Votre mot de passe a changé"
    assert "Ce lien ne fonctionne plus" in Client().get(adresse, follow=True).content.decode()


def test_changing_it_tells_the_person(client, user):
    client.force_login(user)
    nouveau = "quatre mots bien fictifs"
    donnees = {"oldpassword": MOT_DE_PASSE, "password1": nouveau, "password2": nouveau}
    client.post("/comptes/password/change/", donnees)
    [message] = mail.outbox
    assert (message.to, message.subject) == ([user.email], "Votre mot de passe a changé")
    assert "http://localhost:8000/comptes/password/reset/" in message.body


def test_an_unknown_address_is_answered_in_the_same_words(client, user):
    reponses = [
        client.post("/comptes/password/reset/", {"email": adresse}, follow=True)
        for adresse in (user.email, "inconnue@exemple.invalid")
    ]
    pages = [re.sub(r'value="[^"]{20,}"', "", r.content.decode()) for r in reponses]
    assert pages[0] == pages[1]
    assert [message.to for message in mail.outbox] == [[user.email], ["inconnue@exemple.invalid"]]
    assert "Aucun compte n’existe" in mail.outbox[1].body
    assert "http://localhost:8000/comptes/signup/" in mail.outbox[1].body


def test_signing_up_twice_creates_nothing_and_gives_nothing_away(client, user):
    mots = {"password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE}
    neuve = client.post("/comptes/signup/", mots | {"email": "neuve@exemple.invalid"})
    double = Client().post("/comptes/signup/", mots | {"email": user.email})
    assert neuve.url == double.url
    assert User.objects.count() == 2
    assert mail.outbox[-1].subject == "Vous avez déjà un compte"


def test_an_unconfirmed_address_gets_a_new_message(client):
    user = UserFabrique()
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    identifiants = {"login": user.email, "password": MOT_DE_PASSE}
    reponse = client.post("/comptes/login/", identifiants, follow=True)
    assert "Confirmez votre adresse" in reponse.content.decode()
    assert "_auth_user_id" not in client.session
    assert mail.outbox[-1].to == [user.email]


def test_too_many_wrong_passwords_wait_even_with_the_right_one(client, user):
    for _ in range(5):
        client.post("/comptes/login/", {"login": user.email, "password": "faux"})
    reponse = client.post("/comptes/login/", {"login": user.email, "password": MOT_DE_PASSE})
    assert "Trop de tentatives" in reponse.content.decode()
    assert "_auth_user_id" not in client.session


def test_too_many_requests_have_a_page_of_ours(client):
    for rang in range(21):
        donnees = {"email": f"p{rang}@exemple.invalid"}
        reponse = client.post("/comptes/password/reset/", donnees)
    assert reponse.status_code == 429
    assert "Trop d’essais en peu de temps" in reponse.content.decode()


def test_limits_are_counted_in_postgresql():
    assert isinstance(caches["default"], DatabaseCache)
