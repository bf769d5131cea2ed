"""Signatures of Standard Webhooks, with secrets that rotate."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from dossiers.acheminement.webhook.coffre import SecretIllisible, chiffrer, dechiffrer
from dossiers.acheminement.webhook.signature import (
    SignatureRefusee,
    nouveau_secret,
    signer,
    verifier,
)

CORPS = '{"é": 1}'


def signes(secret, *, il_y_a=0, identifiant="m-1", corps=CORPS):
    le = datetime.now(UTC) - timedelta(seconds=il_y_a)
    return {
        "webhook-id": identifiant,
        "webhook-timestamp": str(int(le.timestamp())),
        "webhook-signature": Webhook(secret).sign(identifiant, le, corps),
    }


def test_a_secret_is_long_and_never_the_same():
    secrets = {nouveau_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(s.startswith("whsec_") and len(s) > 40 for s in secrets)


def test_what_we_sign_the_library_of_the_other_side_verifies():
    ancien, nouveau = nouveau_secret(), nouveau_secret()
    entetes = signer("m-1", CORPS, [nouveau, ancien])
    for secret in (ancien, nouveau):
        assert Webhook(secret).verify(CORPS, entetes) == {"é": 1}
    assert len(entetes["webhook-signature"].split(" ")) == 2


def test_a_message_of_any_living_secret_is_good():
    ancien, nouveau = nouveau_secret(), nouveau_secret()
    assert verifier(CORPS.encode(), signes(ancien), [nouveau, ancien]) == "m-1"
    entetes = {nom.title(): valeur for nom, valeur in signes(nouveau).items()}
    assert verifier(CORPS.encode(), entetes, [nouveau, ancien]) == "m-1"


SECRET, AUTRE = nouveau_secret(), nouveau_secret()


#: Signed when the test runs, for a message lives five minutes.
REFUSES = [
    (lambda: signes(AUTRE), "fausse"),
    (lambda: signes(SECRET, corps="{}"), "fausse"),
    (lambda: signes(SECRET) | {"webhook-id": "m-2"}, "fausse"),
    (lambda: signes(SECRET) | {"webhook-signature": "v1,pas du base64"}, "fausse"),
    (lambda: signes(SECRET) | {"webhook-signature": "v1"}, "fausse"),
    (lambda: signes(SECRET) | {"webhook-signature": "v2,AAAA"}, "fausse"),
    (lambda: signes(SECRET) | {"webhook-signature": "v1,é"}, "fausse"),
    (lambda: signes(SECRET) | {"webhook-timestamp": "hier"}, "fausse"),
    (lambda: signes(SECRET) | {"webhook-timestamp": "nan"}, "fausse"),
    (lambda: signes(SECRET) | {"webhook-timestamp": "1" * 400}, "fausse"),
    (lambda: signes(SECRET, il_y_a=301), "perimee"),
    (lambda: signes(SECRET, il_y_a=-3600), "perimee"),
    (dict, "absente"),
    (lambda: {"webhook-id": "m-1"}, "absente"),
]


@pytest.mark.parametrize(("entetes", "code"), REFUSES)
def test_forged_and_stale_messages_are_refused(entetes, code):
    with pytest.raises(SignatureRefusee) as refus:
        verifier(CORPS.encode(), entetes(), [SECRET])
    assert refus.value.code == code


def test_a_body_that_is_no_text_is_refused_and_nobody_verifies_without_a_secret():
    with pytest.raises(SignatureRefusee):
        verifier(b"\xff\xfe", signes(SECRET), [SECRET])
    with pytest.raises(SignatureRefusee):
        verifier(CORPS.encode(), signes(SECRET), [])


def test_secrets_at_rest_follow_the_key_of_the_server(settings):
    chiffre = chiffrer(SECRET)
    assert SECRET not in chiffre
    assert dechiffrer(chiffre) == SECRET
    premiere = settings.SECRET_KEY
    settings.SECRET_KEY = "une-autre-cle-fictive"
    with pytest.raises(SecretIllisible):
        dechiffrer(chiffre)
    settings.SECRET_KEY_FALLBACKS = [premiere]
    assert dechiffrer(chiffre) == SECRET
