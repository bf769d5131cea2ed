"""The public page and the follow-up page: what strangers bring, and what a company takes away."""

from __future__ import annotations

import hashlib
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.depot import actes as depot
from dossiers.recus import coffre
from dossiers.recus.actes import changer_cle
from dossiers.recus.lecture import RECU_MAXIMUM, TAILLE_MAXIMUM
from dossiers.recus.televersement import ENVOI_MAXIMUM
from tests.dossiers.depot.conftest import adresse
from tests.dossiers.recus.conftest import forger
from tests.fabriques import UserFabrique

pytestmark = pytest.mark.django_db

PAGE = "/recus/verifier/"


def lue(reponse) -> str:
    texte = re.sub(r"<script.*?</script>|<[^>]+>", " ", reponse.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(texte).replace("\N{NO-BREAK SPACE}", " "))


def envoyer(octets: bytes | None = None, texte: str = "", client=None):
    champs = {"texte": texte}
    if octets is not None:
        champs["fichier"] = SimpleUploadedFile("recu.pdf", octets)
    return (client or Client()).post(PAGE, champs)


# ------------------------------------------------------------------ verifying


def test_anybody_reads_the_page_without_an_account(client):
    reponse = client.get(PAGE)
    assert reponse.status_code == 200
    assert "Vérifier un reçu de dépôt" in lue(reponse)
    assert 'data-cles="{&quot;keys&quot;: []}"' in reponse.content.decode()


def test_a_text_that_is_pasted_is_verified(recu):
    reponse = envoyer(texte=f"\n{recu.jws[:80]}\n{recu.jws[80:]} ")
    assert reponse.status_code == 200
    dit = lue(reponse)
    for attendu in (
        "Ce reçu est valable", recu.version.dossier.numero, recu.version.empreinte, recu.cle.kid,
        "en service", "Aide eligible", "code « eligible »", "Ce qu’il n’atteste pas",
    ):  # fmt: skip
        assert attendu in dit
    assert "registre : le dossier a été effacé" not in dit


def test_the_receipt_alone_and_the_acknowledgement_are_verified(recu, accuse):
    assert "Ce reçu est valable" in lue(envoyer(recu.jws.encode()))
    dit = lue(envoyer(accuse))
    assert "Ce reçu est valable" in dit
    assert "identique à celui que nous avons produit" in dit


def test_a_pdf_that_was_changed_is_told(accuse):
    dit = lue(envoyer(accuse + b" "))
    assert "Le reçu est valable, mais ce PDF a été modifié" in dit
    assert "Le PDF qui le porte n’est pas tel que nous l’avons produit" in dit


def test_a_forged_receipt_is_refused_in_plain_words(recu):
    reponse = envoyer(texte=forger(recu.jws))
    assert reponse.status_code == 422
    dit = lue(reponse)
    assert "Ce reçu n’est pas valable" in dit
    assert "Sa signature est fausse" in dit
    assert "Ce reçu est valable" not in dit


def test_a_receipt_of_a_stolen_key_is_told(recu):
    privee = coffre.dechiffrer(recu.cle.privee)
    dit = lue(envoyer(texte=forger(recu.jws, cle=privee, version=2)))
    assert "il n’est pas dans notre registre" in dit


def test_a_retired_key_still_verifies(recu):
    changer_cle()
    assert "ce reçu est d’avant" in lue(envoyer(texte=recu.jws))


@pytest.mark.parametrize(
    ("octets", "texte", "phrase"),
    [
        (None, "", "Choisissez un fichier, ou collez le texte d’un reçu."),
        (None, "bonjour", "Ce n’est pas un reçu."),
        (b"", "", "c’est vide"),
        (b"\xff\xd8\xff", "", "Ce n’est pas un reçu."),
        (b"%PDF-1.7 rien", "", "Ce PDF ne contient pas de reçu."),
        (None, "e" * (RECU_MAXIMUM + 1), "100000"),
        (b"%PDF-" + b"0" * TAILLE_MAXIMUM, "", "Ce fichier dépasse 5 Mo"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(octets, texte, phrase):
    reponse = envoyer(octets, texte)
    assert reponse.status_code == 422
    assert phrase in lue(reponse)
    assert b'id="titre-erreurs"' in reponse.content


def test_a_request_out_of_proportion_is_not_read(client):
    reponse = client.generic(
        "POST", PAGE, b"x", "multipart/form-data; boundary=b", CONTENT_LENGTH=str(ENVOI_MAXIMUM + 1)
    )
    assert reponse.status_code == 413


def test_the_token_of_the_form_is_asked_for(recu):
    """Checked in the second step of the view, after the upload is bounded."""
    assert envoyer(texte=recu.jws, client=Client(enforce_csrf_checks=True)).status_code == 403


def test_a_dossier_never_heard_of_is_not_looked_for_forever(recu):
    with CaptureQueriesContext(connection) as requetes:
        envoyer(texte=recu.jws)
    assert len(requetes) <= 4


# ------------------------------------------------------------------ one's own


def test_a_company_takes_away_the_receipt_and_the_very_bytes_it_names(navigatrice, recu):
    dossier = recu.version.dossier
    page = navigatrice.get(adresse(dossier, "suivi/")).content.decode()
    for chemin in (adresse(dossier, "recus/1.jws"), adresse(dossier, "recus/1.json"), PAGE):
        assert f'href="{chemin}"' in page
    reponse = navigatrice.get(adresse(dossier, "recus/1.jws"))
    assert reponse.content.decode() == recu.jws
    assert reponse["Content-Disposition"] == f'attachment; filename="{recu.nom_de_fichier}"'
    contenu = navigatrice.get(adresse(dossier, "recus/1.json"))
    assert hashlib.sha256(contenu.content).hexdigest() == recu.version.empreinte
    assert contenu.json() == recu.version.contenu


def test_each_deposit_is_listed_in_as_many_queries(navigatrice, recu, gerante):
    dossier = recu.version.dossier
    with CaptureQueriesContext(connection) as une:
        navigatrice.get(adresse(dossier, "suivi/"))
    depot.ajouter_aide(dossier=dossier, code="a-completer", par=gerante)
    with CaptureQueriesContext(connection) as deux:
        page = navigatrice.get(adresse(dossier, "suivi/")).content.decode()
    assert adresse(dossier, "recus/2.jws") in page
    assert len(deux) == len(une)


@pytest.mark.parametrize("suite", ["recus/1.jws", "recus/1.json"])
def test_of_another_company_it_does_not_exist(recu, suite):
    client = Client()
    chemin = adresse(recu.version.dossier, suite)
    assert client.get(chemin).status_code == 302
    client.force_login(UserFabrique())
    assert client.get(chemin).status_code == 404


def test_of_a_deposit_that_was_not_made_it_does_not_exist(navigatrice, recu):
    assert navigatrice.get(adresse(recu.version.dossier, "recus/2.jws")).status_code == 404


def test_once_the_content_is_erased_the_receipt_is_left(navigatrice, recu):
    dossier = recu.version.dossier
    dossier.efface_le = timezone.now()
    dossier.save()
    page = navigatrice.get(adresse(dossier, "suivi/")).content.decode()
    assert adresse(dossier, "recus/1.jws") in page
    assert adresse(dossier, "recus/1.json") not in page
    assert navigatrice.get(adresse(dossier, "recus/1.jws")).status_code == 200
    assert navigatrice.get(adresse(dossier, "recus/1.json")).status_code == 404
