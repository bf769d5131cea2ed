"""A second factor: offered to all in French, required of officers where a setting says so."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.fabriques import (
    MOT_DE_PASSE,
    AdministrateurOrganismeFabrique,
    EpciFabrique,
    GuichetFabrique,
    UserFabrique,
    agent_de,
    confirmer,
    guichet_epci,
)

pytestmark = pytest.mark.django_db
ACTIVER = "/comptes/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def _compteurs_vides():
    cache.clear()


def connecte(user, *, authentifie=False):
    client = Client()
    client.force_login(user)
    if authentifie:
        client.post("/comptes/reauthenticate/", {"password": MOT_DE_PASSE})
    return client


def code(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def activer(client):
    page = client.get(ACTIVER).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    return client.post(ACTIVER, {"code": code(secret)}), page


def test_setting_it_up_asks_for_the_password_first():
    client = connecte(confirmer(UserFabrique()))
    assert "/comptes/reauthenticate/" in client.get(ACTIVER).url
    assert "Confirmez que c’est vous" in client.get(ACTIVER, follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_from_the_drawing_to_signing_in_with_a_code():
    user = confirmer(UserFabrique())
    client = connecte(user, authentifie=True)
    reponse, page = activer(client)
    # The drawing is an image in the page itself, which the policy of ours allows.
    assert "data:image/svg+xml" in unquote(re.search(r'<img[^>]*src="([^"]+)"', page)[1])
    assert reponse.status_code == 302
    assert Authenticator.objects.filter(user=user).count() == 2
    codes = client.get(reponse.url).content.decode()
    assert "Codes de secours" in codes
    assert "Double authentification activée" in [message.subject for message in mail.outbox]
    cache.clear()
    autre = Client()
    identifiants = {"login": user.email, "password": MOT_DE_PASSE}
    reponse = autre.post("/comptes/login/", identifiants, follow=True)
    assert "Code de connexion" in reponse.content.decode()
    assert "_auth_user_id" not in autre.session
    assert autre.post("/comptes/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in autre.session
    secours = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    autre.post("/comptes/2fa/authenticate/", {"code": secours[0]})
    assert autre.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("chemin", "texte"),
    [
        ("/comptes/2fa/", "Non activée"),
        (ACTIVER, "Recopiez ci-dessous le code"),
    ],
)
def test_pages_before_are_ours(chemin, texte):
    page = connecte(confirmer(UserFabrique()), authentifie=True).get(chemin).content.decode()
    assert texte in page
    assert page.count("<h1") == 1
    assert 'class="evitement"' in page


@pytest.mark.parametrize(
    ("chemin", "texte"),
    [
        ("/comptes/2fa/", "Codes de secours"),
        ("/comptes/2fa/totp/deactivate/", "Désactiver la double authentification"),
        ("/comptes/2fa/recovery-codes/", "Il vous en reste 10 sur 10"),
        ("/comptes/2fa/recovery-codes/generate/", "Vos codes actuels ne serviront plus"),
        ("/comptes/2fa/reauthenticate/", "le code affiché par votre application"),
        ("/comptes/sessions/", "Appareils connectés"),
    ],
)
def test_pages_after_are_ours(chemin, texte):
    client = connecte(confirmer(UserFabrique()), authentifie=True)
    activer(client)
    page = client.get(chemin).content.decode()
    assert texte in page
    assert page.count("<h1") == 1
    assert 'class="evitement"' in page


# ------------------------------------------------------------------ required of officers

PAGES_GARDEES = [
    "/bureau/",
    "/instruction/",
    "/territoire/",
    "/instruction/demandes/00000000-0000-0000-0000-000000000000/",
    "/pieces/00000000-0000-0000-0000-000000000000/",
    "/documents/00000000-0000-0000-0000-000000000000.pdf",
]


@pytest.fixture
def obligatoire(settings):
    settings.MFA_OBLIGATOIRE_AGENTS = True


@pytest.mark.parametrize("chemin", PAGES_GARDEES)
@pytest.mark.usefixtures("obligatoire")
def test_an_officer_without_it_is_sent_to_set_it_up_and_told_why(chemin):
    agent = agent_de(guichet_epci(EpciFabrique()))
    client = connecte(confirmer(agent), authentifie=True)
    reponse = client.get(chemin, follow=True)
    assert reponse.redirect_chain == [(ACTIVER, 302)]
    assert "protégez votre compte par un second code" in reponse.content.decode()
    activer(client)
    assert client.get(chemin).status_code in {200, 403, 404}


@pytest.mark.usefixtures("obligatoire")
def test_so_are_administrators():
    portail = UserFabrique(is_staff=True, is_superuser=True)
    organisme = AdministrateurOrganismeFabrique().user
    for user, chemin in (
        (portail, "/orientation/"),
        (portail, "/organisme/"),
        (portail, "/administration/"),
        (organisme, "/organisme/"),
    ):
        assert connecte(user).get(chemin).url == ACTIVER


@pytest.mark.usefixtures("obligatoire")
def test_a_post_is_refused_too():
    organisme = AdministrateurOrganismeFabrique()
    client = connecte(organisme.user)
    chemin = f"/organisme/{organisme.organisme.code}/guichets/nouveau/"
    assert client.post(chemin, {"nom": "X"}).url == ACTIVER
    assert not organisme.organisme.guichets.exists()


@pytest.mark.usefixtures("obligatoire")
def test_their_account_and_the_companies_stay_open():
    agent = confirmer(agent_de(GuichetFabrique()))
    for chemin in ("/compte/", "/", "/comptes/2fa/"):
        assert connecte(agent).get(chemin).status_code == 200
    entreprise = confirmer(UserFabrique())
    assert connecte(entreprise).get("/dossiers/").status_code == 200
    assert connecte(entreprise).get("/instruction/").status_code == 200


def test_nobody_is_asked_in_the_demonstration():
    assert connecte(agent_de(GuichetFabrique())).get("/instruction/").status_code == 200


def test_a_code_of_the_wrong_time_is_refused():
    client = connecte(confirmer(UserFabrique()), authentifie=True)
    client.get(ACTIVER)
    reponse = client.post(ACTIVER, {"code": "000000"})
    assert reponse.status_code == 200
    assert 'role="alert"' in reponse.content.decode()
    assert not Authenticator.objects.exists()


def test_the_phone_that_shows_the_page_can_open_its_own_application():
    page = activer(connecte(confirmer(UserFabrique()), authentifie=True))[1]
    assert re.search(r'href="otpauth://totp/[^"]+">Ouvrir dans mon application<', page)
    assert re.search(r"<code[^>]*>([A-Z2-7]{4} )+[A-Z2-7]{1,4}</code>", page)
