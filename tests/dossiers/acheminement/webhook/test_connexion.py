"""The page of a connection: address, secret shown once, trial, switch."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from dossiers.acheminement.models import Connexion, SecretConnexion
from dossiers.acheminement.webhook import envoi
from portal.socle.models import Evenement
from tests.dossiers.acheminement.webhook.serveurs import port_ferme, reponse, servir
from tests.fabriques import AdministrateurOrganismeFabrique, GuichetFabrique, UserFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def guichet():
    return GuichetFabrique(code="eco", organisme__code="occ")


@pytest.fixture
def page(client, guichet):
    """The page as its administrator: posts an action, follows, gives the text."""
    admin = AdministrateurOrganismeFabrique(organisme=guichet.organisme).user
    client.force_login(admin)

    def agir(action="", **champs):
        url = "/organisme/occ/guichets/eco/connexion/"
        if not action:
            return client.get(url)
        return client.post(url, {"action": action, **champs}, follow=True)

    return agir


def texte(reponse):
    return " ".join(re.sub(r"<[^>]+>", " ", reponse.content.decode()).split())


def secret_montre(reponse):
    trouves = re.findall(r"whsec_[A-Za-z0-9+/=]+", reponse.content.decode())
    return trouves[0] if trouves else None


def test_from_nothing_to_a_connection_in_service(page, guichet):
    assert "1. L’adresse" in texte(page())
    assert "2. Le secret" not in texte(page())
    with servir(reponse("204 No Content")) as serveur:
        page("adresse", url=f" http://127.0.0.1:{serveur.port}/recevoir ")
        secret = secret_montre(page("secret", vu="0"))
        essai = page("essai")
        assert "a bien reçu l’essai (réponse 204)" in texte(essai)
    entetes, _, corps = serveur.requetes[0].decode().partition("\r\n\r\n")
    lues = dict(ligne.split(": ", 1) for ligne in entetes.split("\r\n")[1:])
    assert Webhook(secret).verify(corps, lues)["type"] == "essai"
    assert "Connexion active" in texte(page("activer"))
    guichet.refresh_from_db()
    assert (guichet.canal, Connexion.objects.get().active) == ("webhook", True)
    assert "en préparation" in texte(page("desactiver"))
    guichet.refresh_from_db()
    assert (guichet.canal, Connexion.objects.get().active) == ("portail", False)
    verbes = Evenement.objects.filter(verbe__startswith="connexion_").order_by("pk")
    assert list(verbes.values_list("verbe", flat=True)) == [
        "connexion_adresse", "connexion_secret", "connexion_essayee", "connexion_activee",
        "connexion_desactivee",
    ]  # fmt: skip
    assert secret not in str(list(verbes.values_list("donnees", flat=True)))


def test_the_secret_is_shown_once_and_kept_in_clear_nowhere(page):
    page("adresse", url="http://127.0.0.1:9/")
    creation = page("secret", vu="0")
    secret = secret_montre(creation)
    assert "no-store" in creation["Cache-Control"]
    assert secret_montre(page()) is None
    assert secret not in SecretConnexion.objects.get().chiffre
    assert envoi.secrets_de(Connexion.objects.get()) == [secret]


def test_a_secret_is_renewed_once_per_form_and_the_old_one_lives_on(page):
    page("adresse", url="http://127.0.0.1:9/")
    ancien = secret_montre(page("secret", vu="0"))
    assert secret_montre(page("secret", vu="0")) is None  # the form, sent twice
    vu = SecretConnexion.objects.get().pk
    renouvellement = page("secret", vu=str(vu))
    nouveau = secret_montre(renouvellement)
    assert "L’ancien secret fonctionne encore" in texte(page())
    assert envoi.secrets_de(Connexion.objects.get()) == [nouveau, ancien]
    expire_le = SecretConnexion.objects.get(pk=vu).expire_le
    assert timedelta(days=6) < expire_le - timezone.now() <= timedelta(days=7)
    assert "ne fonctionne plus" in texte(page("retirer_anciens"))
    assert envoi.secrets_de(Connexion.objects.get()) == [nouveau]


def test_two_secrets_live_at_most(page):
    page("adresse", url="http://127.0.0.1:9/")
    for _ in range(4):
        dernier = SecretConnexion.objects.order_by("-pk").first()
        page("secret", vu=str(dernier.pk if dernier else 0))
    assert len(envoi.secrets_de(Connexion.objects.get())) == 2
    assert SecretConnexion.objects.filter(expire_le__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("url", "dit"),
    [
        ("https://10.0.0.1/", "privé ou réservé"),
        ("https://169.254.169.254/latest/", "privé ou réservé"),
        ("https://[::ffff:127.0.0.1]/", "privé ou réservé"),
        ("ftp://exemple.invalid/", "https://"),
        ("https://moi:mdp@exemple.invalid/", "mot de passe"),
        ("https://exemple.invalid/", "Aucune machine ne porte le nom"),
        ("", "obligatoire"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_where_it_is_typed(page, url, dit):
    refusee = page("adresse", url=url)
    assert refusee.status_code == 422
    assert dit in texte(refusee)
    assert url in refusee.content.decode()
    assert not Connexion.objects.exists()


def test_this_machine_is_refused_outside_development(page, settings):
    settings.WEBHOOK_BOUCLE_LOCALE = False
    for url in ("http://127.0.0.1:9/", "https://127.0.0.1:9/", "https://localhost:9/"):
        assert page("adresse", url=url).status_code == 422
    assert not Connexion.objects.exists()


@pytest.mark.parametrize(
    ("statut", "dit"),
    [("500 Panne", "il est en panne"), ("401 Non", "signature"), ("302 Ailleurs", "redirections")],
)
def test_a_trial_that_fails_says_why_and_nothing_is_put_in_service(page, statut, dit):
    with servir(reponse(statut)) as serveur:
        page("adresse", url=f"http://127.0.0.1:{serveur.port}/")
        page("secret", vu="0")
        essai = texte(page("essai"))
    assert dit in essai
    assert "nouvel essai suivra" not in essai
    assert "Envoyez d’abord un essai" in texte(page("activer"))
    assert not Connexion.objects.get().active


def test_a_trial_without_a_secret_or_an_answer_says_so(page):
    page("adresse", url=f"http://127.0.0.1:{port_ferme()}/")
    assert "pas encore de secret" in texte(page("essai"))
    page("secret", vu="0")
    assert "Rien ne répond" in texte(page("essai"))


def test_another_address_must_be_tried_again(page):
    with servir(reponse()) as serveur:
        page("adresse", url=f"http://127.0.0.1:{serveur.port}/")
        page("secret", vu="0")
        page("essai")
        page("adresse", url=f"http://127.0.0.1:{serveur.port}/autre")
    assert "Envoyez d’abord un essai" in texte(page("activer"))


def test_only_its_administrators_have_this_page(client, guichet):
    url = "/organisme/occ/guichets/eco/connexion/"
    assert client.get(url).status_code == 302
    client.force_login(UserFabrique())
    assert client.get(url).status_code == 404
    assert client.post(url, {"action": "adresse", "url": "http://127.0.0.1:9/"}).status_code == 404
    client.force_login(AdministrateurOrganismeFabrique().user)
    assert client.get(url).status_code == 404


def test_the_document_and_its_schemas_are_pages_of_the_portal(client):
    document = client.get("/api/v1/docs/webhooks/")
    assert 'lang="en"' in document.content.decode()
    liens = set(re.findall(r'href="(schemas/[^"]+)"', document.content.decode()))
    assert liens == {"schemas/demande-1.json", "schemas/accuse-1.json"}
    for lien in liens:
        schema = client.get(f"/api/v1/docs/webhooks/{lien}")
        assert schema.json()["$schema"].endswith("2020-12/schema")
    assert client.get("/api/v1/docs/webhooks/schemas/aides-1.json").status_code == 404
