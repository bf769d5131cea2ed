"""Acknowledgements of a desk's system: signed, once, of what it really received."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from dossiers.acheminement.models import AccuseRecu, Acheminement, Connexion
from dossiers.acheminement.webhook.charge import contenu_de, empreinte
from dossiers.acheminement.webhook.signature import nouveau_secret
from dossiers.circuit import Etat
from portal.socle.models import Evenement
from tests.dossiers.acheminement.webhook.outils import a_remettre, relier
from tests.fabriques import GuichetFabrique, MembreFabrique, agent_de

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9/recevoir"


@pytest.fixture
def acheminement():
    etape = a_remettre()
    Acheminement.objects.filter(pk=etape.pk).update(
        remise_le=timezone.now(),
        prochaine_tentative=None,
        prochaine_relance=timezone.now(),
        tentatives=1,
    )
    return Acheminement.objects.get(pk=etape.pk)


@pytest.fixture
def secret(acheminement):
    return relier(acheminement.guichet, URL)


def corps_de(acheminement, **champs):
    return {
        "cle": str(acheminement.cle),
        "empreinte": empreinte(contenu_de(acheminement)),
        "recu_le": timezone.now().isoformat(timespec="seconds"),
        "reference": "A-12",
    } | champs


def accuser(client, guichet, secret, corps, *, message="m-1", le=None, signe=None):
    """Post an acknowledgement; `signe` is the body that is signed, when it is another."""
    texte = corps if isinstance(corps, str) else json.dumps(corps)
    le = le or datetime.now(UTC)
    return client.post(
        f"/api/v1/accuses/{guichet.code}/",
        texte,
        content_type="application/json",
        headers={
            "webhook-id": message,
            "webhook-timestamp": str(int(le.timestamp())),
            "webhook-signature": Webhook(secret).sign(message, le, signe or texte),
        },
    )


def refus(reponse, statut):
    assert reponse.status_code == statut, reponse.content
    assert reponse["Content-Type"] == "application/problem+json"
    return reponse.json()


def intact(acheminement):
    relu = Acheminement.objects.get(pk=acheminement.pk)
    return relu.accusee_le is None and relu.demande.etat == acheminement.demande.etat


def test_a_signed_acknowledgement_of_the_content_is_taken_up(client, acheminement, secret):
    reponse = accuser(client, acheminement.guichet, secret, corps_de(acheminement))
    assert reponse.status_code == 200
    assert reponse.json() == {"cle": str(acheminement.cle), "resultat": "pris"}
    relu = Acheminement.objects.get(pk=acheminement.pk)
    assert (relu.accusee_le is not None, relu.accuse_voie) == (True, "systeme")
    recu = AccuseRecu.objects.get()
    assert (recu.acheminement, recu.reference, recu.resultat) == (acheminement, "A-12", "pris")


def test_the_same_message_has_the_same_answer_and_one_effect(client, acheminement, secret):
    corps = corps_de(acheminement)
    premiere = accuser(client, acheminement.guichet, secret, corps)
    lignes = Evenement.objects.count()
    for _ in range(3):
        encore = accuser(client, acheminement.guichet, secret, corps)
        assert (encore.status_code, encore.content) == (200, premiere.content)
    assert AccuseRecu.objects.count() == 1
    assert Evenement.objects.count() == lignes


def test_a_second_acknowledgement_is_harmless(client, acheminement, secret):
    accuser(client, acheminement.guichet, secret, corps_de(acheminement))
    relu = Acheminement.objects.get(pk=acheminement.pk)
    corps = corps_de(acheminement, reference="A-13")
    seconde = accuser(client, acheminement.guichet, secret, corps, message="m-2")
    assert seconde.json()["resultat"] == "deja"
    assert Acheminement.objects.get(pk=acheminement.pk).accusee_le == relu.accusee_le


def test_an_acknowledgement_before_our_own_result_hands_over(client, secret, acheminement):
    Acheminement.objects.filter(pk=acheminement.pk).update(
        remise_le=None, prochaine_tentative=timezone.now(), prochaine_relance=None
    )
    accuser(client, acheminement.guichet, secret, corps_de(acheminement))
    relu = Acheminement.objects.get(pk=acheminement.pk)
    assert relu.remise_le is not None
    assert relu.accusee_le is not None


def test_a_late_acknowledgement_of_a_closed_demande_changes_no_state(client, acheminement, secret):
    demande = acheminement.demande
    demande.etat = Etat.RETIREE
    demande.save()
    reponse = accuser(client, acheminement.guichet, secret, corps_de(acheminement))
    assert reponse.status_code == 200
    demande.refresh_from_db()
    assert demande.etat == Etat.RETIREE


def test_either_secret_is_good_while_they_rotate(client, acheminement, secret):
    Connexion.objects.get().secrets.update(expire_le=timezone.now() + timedelta(days=1))
    nouveau = relier(acheminement.guichet, URL)
    corps = corps_de(acheminement)
    for message, celui in (("m-1", secret), ("m-2", nouveau)):
        reponse = accuser(client, acheminement.guichet, celui, corps, message=message)
        assert reponse.status_code == 200
    Connexion.objects.get().secrets.filter(expire_le__isnull=False).update(expire_le=timezone.now())
    refus(accuser(client, acheminement.guichet, secret, corps, message="m-3"), 401)


def test_a_forged_signature_is_refused(client, acheminement, secret):
    corps = corps_de(acheminement)
    forge = accuser(client, acheminement.guichet, nouveau_secret(), corps)
    probleme = refus(forge, 401)
    assert probleme["type"] == "urn:portail:probleme:signature-fausse"
    assert "secret" in probleme["detail"]
    assert forge["WWW-Authenticate"] == "StandardWebhooks"
    autre = accuser(client, acheminement.guichet, secret, corps, signe="{}")
    refus(autre, 401)
    assert intact(acheminement)
    assert not AccuseRecu.objects.exists()


@pytest.mark.parametrize("minutes", [6, 60 * 24, -6])
def test_a_stale_signature_is_refused(client, acheminement, secret, minutes):
    le = datetime.now(UTC) - timedelta(minutes=minutes)
    probleme = refus(
        accuser(client, acheminement.guichet, secret, corps_de(acheminement), le=le), 401
    )
    assert probleme["type"] == "urn:portail:probleme:signature-perimee"
    assert intact(acheminement)


def test_a_message_without_a_signature_is_refused(client, acheminement, secret):
    reponse = client.post(
        f"/api/v1/accuses/{acheminement.guichet.code}/",
        json.dumps(corps_de(acheminement)),
        content_type="application/json",
    )
    assert refus(reponse, 401)["type"] == "urn:portail:probleme:signature-absente"


def test_a_desk_without_a_connection_answers_as_one_with_another_secret(client, acheminement):
    connu = accuser(client, acheminement.guichet, nouveau_secret(), corps_de(acheminement))
    inconnu = GuichetFabrique.build(code="inconnu")
    absent = accuser(client, inconnu, nouveau_secret(), corps_de(acheminement))
    attendu = refus(connu, 401) | {"instance": "/api/v1/accuses/inconnu/"}
    assert refus(absent, 401) == attendu


def test_another_message_under_a_known_identifier_is_refused(client, acheminement, secret):
    accuser(client, acheminement.guichet, secret, corps_de(acheminement))
    corps = corps_de(acheminement, reference="A-13")
    probleme = refus(accuser(client, acheminement.guichet, secret, corps), 409)
    assert "webhook-id" in probleme["detail"]
    assert AccuseRecu.objects.get().reference == "A-12"


def test_two_desks_may_number_alike(client, acheminement, secret):
    autre = a_remettre()
    sien = relier(autre.guichet, URL)
    for etape, celui in ((acheminement, secret), (autre, sien)):
        assert accuser(client, etape.guichet, celui, corps_de(etape)).status_code == 200
    assert AccuseRecu.objects.filter(message="m-1").count() == 2


def test_an_unknown_key_is_said_and_kept_for_operators(client, acheminement, secret):
    lignes = Evenement.objects.count()
    corps = corps_de(acheminement, cle=str(uuid.uuid4()))
    for _ in range(2):
        refus(accuser(client, acheminement.guichet, secret, corps), 404)
    recu = AccuseRecu.objects.get()
    assert (recu.resultat, recu.acheminement) == ("cle_inconnue", None)
    assert intact(acheminement)
    assert Evenement.objects.count() == lignes


def test_a_key_of_another_desk_is_unknown_here(client, acheminement, secret):
    autre = a_remettre()
    reponse = accuser(client, acheminement.guichet, secret, corps_de(autre))
    inconnue = corps_de(acheminement, cle=str(uuid.uuid4()))
    temoin = accuser(client, acheminement.guichet, secret, inconnue, message="m-2")
    assert refus(reponse, 404) == refus(temoin, 404)
    assert AccuseRecu.objects.get(message="m-1").resultat == "autre_guichet"
    assert intact(autre)


def test_the_hash_of_another_content_is_refused(client, acheminement, secret):
    corps = corps_de(acheminement, empreinte="0" * 64)
    probleme = refus(accuser(client, acheminement.guichet, secret, corps), 422)
    assert probleme["type"] == "urn:portail:probleme:autre-contenu"
    assert intact(acheminement)
    bon = accuser(client, acheminement.guichet, secret, corps_de(acheminement), message="m-2")
    assert bon.json()["resultat"] == "pris"


@pytest.mark.parametrize(
    ("change", "champ"),
    [
        ({"cle": "pas un uuid"}, "cle"),
        ({"cle": str(uuid.uuid4()).upper() + "A"}, "cle"),
        ({"cle": 3}, "cle"),
        ({"empreinte": "F" * 64}, "empreinte"),
        ({"recu_le": "hier"}, "recu_le"),
        ({"recu_le": "2026-11-22T09:00:00"}, "recu_le"),
        ({"recu_le": "2026-13-45T09:00:00Z"}, "recu_le"),
        ({"reference": "x" * 101}, "reference"),
        ({"reference": None}, "reference"),
        ({"en_plus": 1}, ""),
    ],
)
def test_a_body_that_is_not_as_the_schema_says_is_refused(
    client, acheminement, secret, change, champ
):
    corps = corps_de(acheminement, **change)
    probleme = refus(accuser(client, acheminement.guichet, secret, corps), 400)
    assert [erreur["champ"] for erreur in probleme["erreurs"]] == [champ]
    assert not AccuseRecu.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "message"),
    [(6, "n’est pas encore passé"), (-6, "que depuis"), (-60 * 24 * 365, "que depuis")],
)
def test_an_instant_that_cannot_be_is_refused(client, acheminement, secret, minutes, message):
    recu_le = (timezone.now() + timedelta(minutes=minutes)).isoformat()
    corps = corps_de(acheminement, recu_le=recu_le)
    (erreur,) = refus(accuser(client, acheminement.guichet, secret, corps), 400)["erreurs"]
    assert erreur["champ"] == "recu_le"
    assert message in erreur["message"]
    assert not AccuseRecu.objects.exists()
    assert intact(acheminement)


@pytest.mark.parametrize("minutes", [4, -4])
def test_a_clock_that_is_a_little_off_is_borne(client, acheminement, secret, minutes):
    recu_le = (timezone.now() + timedelta(minutes=minutes)).isoformat()
    corps = corps_de(acheminement, recu_le=recu_le)
    assert accuser(client, acheminement.guichet, secret, corps).status_code == 200


def test_when_another_desk_was_handed_something_is_not_told(client, acheminement, secret):
    corps = corps_de(a_remettre(), recu_le="2020-01-01T00:00:00Z")
    refus(accuser(client, acheminement.guichet, secret, corps), 404)


def test_the_number_at_the_desk_is_shown_to_its_officers_and_to_the_company(
    client, acheminement, secret
):
    demande = acheminement.demande
    membre = MembreFabrique(entreprise=demande.dossier.entreprise)
    pages = {
        agent_de(acheminement.guichet): reverse("instruction:demande", args=[demande.identifiant]),
        membre.user: reverse("depot:suivi", args=[demande.dossier.identifiant]),
    }
    for reference, montree in (("A-12", "A-12"), ("", "A-12"), ("A-13", "A-13")):
        corps = corps_de(acheminement, reference=reference)
        accuser(client, acheminement.guichet, secret, corps, message=f"m-{reference}")
        for user, adresse in pages.items():
            client.force_login(user)
            assert montree in client.get(adresse).content.decode(), adresse
    Acheminement.objects.update(rendue_le=timezone.now())
    client.force_login(membre.user)
    assert "A-13" not in client.get(pages[membre.user]).content.decode()


@pytest.mark.parametrize("corps", ["", "[]", "{", '{"cle": 1, "cle": 2}', "null", "[" * 3000])
def test_a_body_that_is_no_object_is_refused(client, acheminement, secret, corps):
    refus(accuser(client, acheminement.guichet, secret, corps), 400)
    assert not AccuseRecu.objects.exists()
    assert intact(acheminement)


def test_what_is_not_json_too_large_or_in_pieces_is_refused(client, acheminement, secret):
    url = f"/api/v1/accuses/{acheminement.guichet.code}/"
    refus(client.post(url, "a=1", content_type="text/plain"), 415)
    refus(accuser(client, acheminement.guichet, secret, "x" * 20_000), 413)
    refus(accuser(client, acheminement.guichet, secret, "{}", message="m" * 201), 400)
    refus(client.get(url), 405)
    morceaux = {"transfer-encoding": "chunked"}
    refus(client.post(url, "{}", content_type="application/json", headers=morceaux), 411)
    assert not AccuseRecu.objects.exists()
    assert intact(acheminement)


def test_an_acknowledgement_of_what_was_erased_is_harmless(client, acheminement, secret):
    corps = corps_de(acheminement)
    accuser(client, acheminement.guichet, secret, corps)
    dossier = acheminement.demande.dossier
    dossier.efface_le = timezone.now()
    dossier.save()
    acheminement.version_dossier.contenu["titre"] = "Effacé"
    acheminement.version_dossier.save()
    encore = accuser(client, acheminement.guichet, secret, corps, message="m-2")
    assert (encore.status_code, encore.json()["resultat"]) == (200, "deja")
