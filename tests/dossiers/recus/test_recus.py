"""The receipt of a deposit: what it says, who signs it, and what passes for none."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from dossiers.depot import actes as depot
from dossiers.recus import actes, coffre
from dossiers.recus.actes import changer_cle
from dossiers.recus.controle import cles_du_portail, jeu_de_cles
from dossiers.recus.format import (
    Attestation,
    ClePublique,
    Demandee,
    RecuInvalide,
    cles_publiques,
    signer,
    verifier,
)
from dossiers.recus.models import CleSignature, Recu
from portal.socle.json_canonique import canonique
from portal.socle.models import Evenement
from portal.socle.verification import Ancre
from tests.dossiers.recus.conftest import dit, forger

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ what it says


def test_it_says_what_was_deposited_and_where_the_journal_stood(version, recu):
    attestation, cle = verifier(recu.jws, cles_du_portail())
    dossier = version.dossier
    assert (attestation.dossier, attestation.version) == (dossier.numero, 1)
    assert attestation.empreinte == version.empreinte
    assert attestation.deposee_le == version.deposee_le
    assert attestation.emetteur == "http://localhost:8000"
    demandes = dossier.demandes.select_related("aide", "version_aide").order_by("pk")
    assert [(d.numero, d.aide, d.titre) for d in attestation.demandes] == [
        (d.numero, d.aide.code, d.version_aide.titre) for d in demandes
    ]
    ligne = Evenement.objects.get(verbe="deposer")
    assert attestation.journal == (ligne.chaine, ligne.rang, ligne.empreinte)
    assert ligne.donnees["empreinte"] == version.empreinte
    assert cle.kid == recu.cle.kid


def test_it_names_neither_person_nor_company(recu, gerante, entreprise):
    texte = json.dumps([dit(recu.jws), jwt.get_unverified_header(recu.jws)], ensure_ascii=False)
    for prive in (gerante.email, entreprise.nom, entreprise.siren, "Atelier neuf"):
        assert prive not in texte
    assert set(dit(recu.jws)) == {
        "iss", "iat", "recu", "dossier", "version", "empreinte", "deposee_le", "demandes",
        "journal",
    }  # fmt: skip


def test_a_receipt_of_before_names_the_code_alone():
    privee = ec.generate_private_key(ec.SECP256R1())
    ancienne = Demandee("DU-2026-000001-1", "eligible")
    attestation = Attestation(
        "https://exemple.invalid", timezone.now(), "DU-2026-000001", 1, "0" * 64, timezone.now(),
        (ancienne, Demandee("DU-2026-000001-2", "autre", "Prime fictive")),
        Ancre("dossier:1", 1, "0" * 64),
    )  # fmt: skip
    jws = signer(attestation, "essai", privee)
    avant = dit(jws)
    del avant["demandes"][0]["titre"]
    entete = {"kid": "essai", "typ": "recu+jwt"}
    jws = jwt.encode(avant, privee, algorithm="ES256", headers=entete)
    lue, _ = verifier(jws, {"essai": ClePublique("essai", privee.public_key())})
    assert [str(demande) for demande in lue.demandes] == ["eligible", "Prime fictive (autre)"]
    assert lue.demandes[0] == ancienne


def test_the_hash_is_that_of_the_content_as_it_is_kept(version, recu):
    """Read again from the database, where JSON has no order of its own."""
    version.refresh_from_db()
    assert hashlib.sha256(canonique(version.contenu)).hexdigest() == dit(recu.jws)["empreinte"]


def test_an_aide_added_later_has_a_receipt_of_its_own(version, gerante, catalogue):
    depot.ajouter_aide(dossier=version.dossier, code="a-completer", par=gerante)
    premier, second = Recu.objects.order_by("version__numero")
    assert [d["aide"] for d in dit(premier.jws)["demandes"]] == ["eligible", "sous-reserve"]
    assert [d["aide"] for d in dit(second.jws)["demandes"]] == ["a-completer"]
    assert dit(second.jws)["version"] == 2
    assert dit(second.jws)["journal"]["rang"] > dit(premier.jws)["journal"]["rang"]


def test_no_receipt_without_a_deposit_nor_a_deposit_without_a_receipt(
    rempli, catalogue, gerante, monkeypatch
):
    monkeypatch.setattr(actes, "signer", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        depot.deposer(dossier=rempli, codes=["eligible"], par=gerante)
    rempli.refresh_from_db()
    assert rempli.est_brouillon
    assert not Recu.objects.exists()


# ------------------------------------------------------------------ what is refused


def refus(jws, cles=None):
    with pytest.raises(RecuInvalide) as capture:
        verifier(jws, cles_du_portail() if cles is None else cles)
    return str(capture.value)


def test_a_signature_by_another_key_is_refused(recu):
    assert "signature est fausse" in refus(forger(recu.jws))


@pytest.mark.parametrize("partie", [0, 1, 2])
def test_one_character_changed_is_refused(recu, partie):
    parties = recu.jws.split(".")
    milieu = len(parties[partie]) // 2
    change = "A" if parties[partie][milieu] != "A" else "B"
    parties[partie] = parties[partie][:milieu] + change + parties[partie][milieu + 1 :]
    assert refus(".".join(parties))


def test_what_it_says_cannot_be_replaced_under_its_signature(recu):
    entete, _, signature = recu.jws.split(".")
    faux = base64.urlsafe_b64encode(json.dumps(dit(recu.jws) | {"version": 9}).encode())
    assert "signature est fausse" in refus(f"{entete}.{faux.decode().rstrip('=')}.{signature}")


def test_without_a_signature_it_is_refused(recu):
    entete = {"alg": "none", "typ": "recu+jwt", "kid": recu.cle.kid}
    nu = jwt.encode(dit(recu.jws), None, algorithm="none", headers=entete)
    assert "« none »" in refus(nu)


def test_the_public_key_is_no_shared_secret(recu):
    """The old confusion: HMAC with what everybody knows of the key as its secret."""
    secret = recu.cle.publique["x"] + recu.cle.publique["y"]
    entete = {"typ": "recu+jwt", "kid": recu.cle.kid}
    faux = jwt.encode(dit(recu.jws), secret, algorithm="HS256", headers=entete)
    assert "« HS256 »" in refus(faux)


def test_another_token_signed_by_our_key_is_no_receipt(recu):
    privee = coffre.dechiffrer(recu.cle.privee)
    assert "pas un reçu" in refus(forger(recu.jws, cle=privee, entete={"typ": "at+jwt"}))
    assert "ne dit pas" in refus(forger(recu.jws, cle=privee, demandes=None))
    assert "autre format" in refus(forger(recu.jws, cle=privee, recu=2))
    assert "du futur" in refus(
        forger(recu.jws, cle=privee, iat=int(timezone.now().timestamp()) + 3600)
    )
    assert "abîmé" in refus(recu.jws.replace(".", "", 1))


def test_a_key_that_we_do_not_publish_is_refused(recu):
    privee = coffre.dechiffrer(recu.cle.privee)
    assert "pas parmi celles" in refus(forger(recu.jws, cle=privee, entete={"kid": "autre"}))
    assert "pas parmi celles" in refus(recu.jws, cles={})


# ------------------------------------------------------------------ keys


def test_a_key_is_named_by_its_thumbprint_and_hidden_at_rest(recu):
    cle = recu.cle
    membres = {nom: cle.publique[nom] for nom in ("crv", "kty", "x", "y")}
    condense = hashlib.sha256(json.dumps(membres, separators=(",", ":")).encode()).digest()
    assert cle.kid == base64.urlsafe_b64encode(condense).decode().rstrip("=")
    assert "d" not in cle.publique
    privee = coffre.dechiffrer(cle.privee)
    assert f"{privee.private_numbers().private_value:x}" not in cle.privee
    assert privee.public_key().public_numbers().x == int.from_bytes(
        base64.urlsafe_b64decode(cle.publique["x"] + "=")
    )


def test_a_receipt_outlives_the_key_that_signed_it(recu):
    ancienne = recu.cle
    nouvelle = changer_cle()
    ancienne.refresh_from_db()
    assert ancienne.retiree_le
    assert ancienne.privee == ""
    _, cle = verifier(recu.jws, cles_du_portail())
    assert (cle.kid, cle.retiree_le) == (ancienne.kid, ancienne.retiree_le)
    assert [jwk["kid"] for jwk in jeu_de_cles()["keys"]] == [ancienne.kid, nouvelle.kid]
    verbes = Evenement.objects.filter(objet_type="recus.clesignature")
    assert list(verbes.values_list("verbe", flat=True)) == [
        "creer_cle_signature", "retirer_cle_signature", "creer_cle_signature",
    ]  # fmt: skip


def test_the_next_receipt_is_signed_by_the_next_key(recu, gerante, version):
    nouvelle = changer_cle()
    depot.ajouter_aide(dossier=version.dossier, code="a-completer", par=gerante)
    assert Recu.objects.get(version__numero=2).cle == nouvelle
    assert verifier(Recu.objects.get(version__numero=2).jws, cles_du_portail())


def test_a_retired_key_signs_nothing_more(recu):
    privee = coffre.dechiffrer(recu.cle.privee)
    changer_cle()
    tard = int((timezone.now() + timedelta(minutes=4)).timestamp())
    CleSignature.objects.filter(pk=recu.cle.pk).update(
        retiree_le=datetime.fromtimestamp(tard, UTC) - timedelta(minutes=11)
    )
    assert "d’après le retrait" in refus(forger(recu.jws, cle=privee, iat=tard))


def test_a_secret_that_changed_is_still_read_while_it_is_told(recu, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "un-autre-secret-de-test-" * 3
    assert coffre.dechiffrer(recu.cle.privee)


def test_a_secret_that_was_lost_changes_the_key_and_stops_no_deposit(
    recu, version, gerante, settings, caplog
):
    settings.SECRET_KEY = "un-autre-secret-de-test-" * 3
    depot.ajouter_aide(dossier=version.dossier, code="a-completer", par=gerante)
    second = Recu.objects.get(version__numero=2)
    assert second.cle != recu.cle
    assert "indéchiffrable" in caplog.text
    for garde in (recu, second):
        assert verifier(garde.jws, cles_du_portail())


def test_the_database_lets_one_key_sign_at_a_time(recu):
    autre = CleSignature(kid="autre", publique={}, privee="x")
    with pytest.raises(IntegrityError, match="une_cle_signe_a_la_fois"), transaction.atomic():
        autre.save()
    autre.retiree_le = timezone.now()
    with pytest.raises(IntegrityError, match="une_cle_retiree"), transaction.atomic():
        autre.save()


@pytest.mark.django_db(transaction=True)
def test_deposits_at_once_make_one_first_key():
    depart, trouvees, erreurs = threading.Barrier(6), [], []

    def signer():
        try:
            depart.wait(10)
            with transaction.atomic():
                trouvees.append(actes._cle_qui_signe()[0].kid)
        except Exception as erreur:  # told to the test, whatever it is
            erreurs.append(erreur)
        finally:
            connections.close_all()

    fils = [threading.Thread(target=signer) for _ in range(6)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(30)
    assert not erreurs
    assert len(trouvees) == 6
    assert len(set(trouvees)) == CleSignature.objects.count() == 1


# ------------------------------------------------------------------ verified elsewhere


def test_a_standard_library_verifies_it_with_the_published_set(recu, client):
    """Not ours: PyJWT's own client of key sets, as docs/recus.md shows."""
    reponse = client.get("/.well-known/jwks.json")
    assert reponse["Content-Type"] == "application/jwk-set+json"
    assert reponse["Cache-Control"] == "public, max-age=3600"
    assert reponse["Access-Control-Allow-Origin"] == "*"
    jeu = jwt.PyJWKSet.from_dict(reponse.json())
    cle = jeu[jwt.get_unverified_header(recu.jws)["kid"]]
    lu = jwt.decode(recu.jws, cle, algorithms=["ES256"])
    assert lu["empreinte"] == recu.version.empreinte
    assert verifier(recu.jws, cles_publiques(reponse.json()))
    assert set(reponse.json()["keys"][0]) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_the_set_is_empty_before_the_first_receipt_and_makes_no_key(client, db):
    assert client.get("/.well-known/jwks.json").json() == {"keys": []}
    assert not CleSignature.objects.exists()


def test_curves_and_uses_of_others_are_left_aside(recu):
    autre = {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "ed"}
    assert set(cles_publiques({"keys": [autre, recu.cle.jwk()]})) == {recu.cle.kid}
