"""Handing over to a real server of this machine: what each answer leads to."""

import json
import uuid

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from dossiers.acheminement.actes import remettre
from dossiers.acheminement.models import Acheminement, Connexion
from dossiers.acheminement.webhook import client, envoi
from dossiers.acheminement.webhook.charge import contenu_de, empreinte
from portal.socle.schemas import fautes, schema, validateur
from tests.dossiers.acheminement.webhook.outils import a_remettre, joindre, relier
from tests.dossiers.acheminement.webhook.serveurs import (
    couper,
    goutte_a_goutte,
    port_ferme,
    reponse,
    servir,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def acheminement():
    return a_remettre()


def passer(acheminement, serveur, **champs):
    """One attempt at this server; the row after it."""
    relier(acheminement.guichet, f"http://127.0.0.1:{serveur.port}/recevoir", **champs)
    return tenter(acheminement)


def tenter(acheminement):
    remettre(acheminement_id=acheminement.pk)
    return Acheminement.objects.get(pk=acheminement.pk)


def en_json(objet):
    return json.dumps(objet).encode()


def lue(requete):
    tete, _, corps = requete.partition(b"\r\n\r\n")
    premiere, *lignes = tete.decode().split("\r\n")
    return premiere, dict(ligne.split(": ", 1) for ligne in lignes), corps


def test_the_message_is_signed_and_as_the_schema_says(acheminement):
    joindre(acheminement)
    with servir(reponse("202 Accepted")) as serveur:
        url = f"http://127.0.0.1:{serveur.port}/recevoir"
        ancien, nouveau = relier_deux(acheminement.guichet, url)
        remise = tenter(acheminement)
    assert remise.remise_le is not None
    assert remise.accusee_le is None
    premiere, entetes, corps = lue(serveur.requetes[0])
    assert premiere == "POST /recevoir HTTP/1.1"
    assert entetes["Idempotency-Key"] == entetes["webhook-id"] == str(acheminement.cle)
    assert entetes["Content-Type"] == "application/json"
    for secret in (ancien, nouveau):
        message = Webhook(secret).verify(corps, entetes)
    assert list(fautes(validateur(schema("demande-1")), message)) == []
    assert message["data"]["cle"] == str(acheminement.cle)


def relier_deux(guichet, url):
    """Two living secrets, the older one about to expire."""
    ancien = relier(guichet, url)
    connexion = Connexion.objects.get(guichet=guichet)
    connexion.secrets.update(expire_le="2100-01-01T00:00:00Z")
    return ancien, relier(guichet, url)


def test_an_answer_with_the_hash_acknowledges_too(acheminement):
    bonne = empreinte(contenu_de(acheminement))
    with servir(reponse("200 OK", en_json({"empreinte": bonne.upper()}))) as serveur:
        remise = passer(acheminement, serveur)
    assert remise.remise_le is not None
    assert (remise.accusee_le is not None, remise.accuse_voie) == (True, "systeme")


@pytest.mark.parametrize(
    "corps", [b"", b"[]", b"pas du json", b'{"empreinte": 3}', b"{}", b"[" * 60000, b"x" * 70_000]
)
def test_an_answer_without_a_hash_only_hands_over(acheminement, corps):
    with servir(reponse("200 OK", corps)) as serveur:
        remise = passer(acheminement, serveur)
    assert remise.remise_le is not None
    assert remise.accusee_le is None


def test_ten_megabytes_of_answer_hand_over(acheminement):
    with servir(reponse(corps=b"x" * 10 * 1024 * 1024)) as serveur:
        assert passer(acheminement, serveur).remise_le is not None


def test_another_hash_is_for_people(acheminement):
    with servir(reponse("200 OK", en_json({"empreinte": "0" * 64}))) as serveur:
        remise = passer(acheminement, serveur)
    assert remise.remise_le is None
    assert "un autre contenu" in remise.quarantaine_motif


@pytest.mark.parametrize(
    ("statut", "dit"),
    [
        ("400 Bad Request", "demande-1.json"),
        ("401 Unauthorized", "signature"),
        ("403 Forbidden", "pare-feu"),
        ("404 Not Found", "Vérifiez l’adresse"),
        ("405 Method Not Allowed", "POST"),
        ("410 Gone", "fermée"),
        ("413 Content Too Large", "taille"),
        ("415 Unsupported Media Type", "JSON"),
        ("422 Unprocessable Content", "demande-1.json"),
        ("418 I'm a teapot", "refuse le message"),
        ("499 Quelque chose", "refuse le message"),
        ("301 Moved Permanently", "ne suit pas les redirections"),
        ("307 Temporary Redirect", "ne suit pas les redirections"),
    ],
)
def test_a_refusal_waits_for_a_repair_and_says_which(acheminement, statut, dit):
    with servir(reponse(statut)) as serveur:
        remise = passer(acheminement, serveur)
    assert remise.quarantaine_le is not None
    assert dit in remise.quarantaine_motif
    assert statut[:3] in remise.quarantaine_motif


@pytest.mark.parametrize(
    "statut",
    [
        "408 Request Timeout", "409 Conflict", "425 Too Early", "429 Too Many Requests",
        "500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "599 Autre",
    ],
)  # fmt: skip
def test_a_breakdown_is_tried_again(acheminement, statut):
    with servir(reponse(statut)) as serveur:
        remise = passer(acheminement, serveur)
    assert remise.quarantaine_le is None
    assert remise.prochaine_tentative is not None
    assert statut[:3] in remise.derniere_erreur


@pytest.mark.parametrize(
    ("demande", "attendu"),
    [("3600", 3600), ("9" * 8, 24 * 3600), ("0", 30), ("-5", 30), ("demain", 30), ("9" * 5000, 30)],
)
def test_a_desk_that_asks_for_time_is_left_alone(acheminement, demande, attendu):
    avant = timezone.now()
    with servir(reponse("503 Panne", entetes=f"Retry-After: {demande}\r\n")) as serveur:
        remise = passer(acheminement, serveur)
    attente = (remise.prochaine_tentative - avant).total_seconds()
    assert attendu <= attente < attendu * 1.1 + 15


@pytest.mark.parametrize(
    ("repondre", "dit"),
    [
        (couper(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nmoi"), "coupé la connexion"),
        (goutte_a_goutte(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"x" * 100), "entier"),
        (goutte_a_goutte(b"", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "entier"),
    ],
    ids=["coupure", "corps lent", "entêtes lents"],
)
def test_an_answer_that_does_not_come_whole_is_tried_again(
    acheminement, repondre, dit, monkeypatch
):
    vrai = client.appeler

    def presse(*args, **options):
        return vrai(*args, **options | {"delai": 0.5})

    monkeypatch.setattr(envoi, "appeler", presse)
    with servir(repondre) as serveur:
        remise = passer(acheminement, serveur)
    assert remise.quarantaine_le is None
    assert dit in remise.derniere_erreur


def test_nobody_there_is_tried_again(acheminement):
    relier(acheminement.guichet, f"http://127.0.0.1:{port_ferme()}/")
    assert "Rien ne répond" in tenter(acheminement).derniere_erreur


def test_a_private_address_is_for_people(acheminement):
    relier(acheminement.guichet, "https://10.0.0.1/recevoir")
    assert "privé ou réservé" in tenter(acheminement).quarantaine_motif


def test_this_machine_is_for_people_outside_development(acheminement, settings):
    settings.WEBHOOK_BOUCLE_LOCALE = False
    with servir(reponse()) as serveur:
        assert "https://" in passer(acheminement, serveur).quarantaine_motif
    assert serveur.requetes == []


def test_a_connection_that_is_not_ready_is_for_people(acheminement, settings):
    assert "connexion active" in tenter(acheminement).quarantaine_motif


def test_a_stopped_connection_is_not_called(acheminement):
    with servir(reponse()) as serveur:
        remise = passer(acheminement, serveur, active=False)
    assert "connexion active" in remise.quarantaine_motif
    assert serveur.requetes == []


def test_a_desk_without_a_living_secret_is_for_people(acheminement):
    relier(acheminement.guichet, "http://127.0.0.1:9/")
    connexion = Connexion.objects.get()
    connexion.secrets.update(expire_le="2020-01-01T00:00:00Z")
    assert "pas de secret" in tenter(acheminement).quarantaine_motif


def test_a_secret_of_another_key_is_for_people(acheminement, settings):
    relier(acheminement.guichet, "http://127.0.0.1:9/")
    settings.SECRET_KEY = "une-autre-cle-fictive"
    assert "SECRET_KEY" in tenter(acheminement).quarantaine_motif


# ------------------------------------------------------------------ on doubt


class EnDeuxTemps:
    """Answers GET and POST each in its way."""

    def __init__(self, get, post):
        self.get, self.post = get, post

    def __call__(self, connexion):
        methode = self.serveur.requetes[-1].split(b" ")[0]
        (self.get if methode == b"GET" else self.post)(connexion)


def douter(acheminement, get, post):
    """A second attempt at a server; the row, and what was asked."""
    acheminement.tentatives = 1
    acheminement.save()
    repondre = EnDeuxTemps(get, post)
    with servir(repondre) as serveur:
        repondre.serveur = serveur
        remise = passer(acheminement, serveur)
    return remise, [lue(requete) for requete in serveur.requetes]


def test_what_arrived_after_all_is_not_sent_again(acheminement):
    bonne = en_json({"empreinte": empreinte(contenu_de(acheminement))})
    remise, requetes = douter(acheminement, reponse("200 OK", bonne), reponse("500 Panne"))
    assert remise.remise_le is not None
    assert remise.accusee_le is not None
    ((premiere, entetes, corps),) = requetes
    assert premiere == f"GET /recevoir/{acheminement.cle} HTTP/1.1"
    assert corps == b""
    secret = envoi.secrets_de(Connexion.objects.get())[0]
    Webhook(secret).verify(b"", entetes, json_parse=False)


@pytest.mark.parametrize(
    "get",
    [
        reponse("404 Not Found"),
        reponse("405 Method Not Allowed"),
        reponse("501 Not Implemented"),
        reponse("200 OK", b"une page d'accueil"),
    ],
)
def test_what_did_not_arrive_is_sent(acheminement, get):
    remise, requetes = douter(acheminement, get, reponse("201 Created"))
    assert remise.remise_le is not None
    assert [premiere.split(" ")[0] for premiere, _, _ in requetes] == ["GET", "POST"]


def test_another_content_under_the_key_is_for_people(acheminement):
    autre = reponse("200 OK", en_json({"empreinte": "0" * 64}))
    remise, requetes = douter(acheminement, autre, reponse("201 Created"))
    assert "un autre contenu" in remise.quarantaine_motif
    assert len(requetes) == 1


def test_a_question_without_an_answer_is_tried_again(acheminement):
    remise, requetes = douter(acheminement, reponse("503 Panne"), reponse("201 Created"))
    assert (remise.remise_le, remise.quarantaine_le) == (None, None)
    assert len(requetes) == 1


def test_a_first_attempt_asks_nothing(acheminement):
    with servir(reponse("201 Created")) as serveur:
        passer(acheminement, serveur)
    assert serveur.requetes[0].startswith(b"POST")


def test_every_demande_has_its_own_key():
    assert a_remettre().cle != a_remettre().cle
    assert isinstance(a_remettre().cle, uuid.UUID)
