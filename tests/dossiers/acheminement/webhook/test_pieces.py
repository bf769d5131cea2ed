"""Links to the files: signed, for a time, closed when the demande leaves the desk."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from dossiers.acheminement.webhook.liens import adresse_piece
from dossiers.circuit import Etat
from dossiers.models import Piece
from tests.dossiers.acheminement.webhook.outils import a_remettre, joindre

pytestmark = pytest.mark.django_db


@pytest.fixture
def acheminement():
    return a_remettre()


@pytest.fixture
def piece(acheminement):
    return joindre(acheminement)


def lire(client, acheminement, piece):
    return client.get(adresse_piece(acheminement.cle, piece.identifiant))


def ferme(reponse, statut, dit):
    assert reponse.status_code == statut
    assert reponse["Content-Type"] == "application/problem+json"
    assert dit in reponse.json()["detail"]


def test_a_link_gives_the_file_without_an_account(client, acheminement, piece):
    reponse = lire(client, acheminement, piece)
    assert reponse.status_code == 200
    with piece.fichier.open() as fichier:
        assert b"".join(reponse.streaming_content) == fichier.read()
    assert reponse["Content-Disposition"] == 'attachment; filename="devis.pdf"'
    assert "sandbox" in reponse["Content-Security-Policy"]
    assert "no-store" in reponse["Cache-Control"]


def test_a_link_closes_after_seven_days(client, acheminement, piece, monkeypatch):
    avant = int((timezone.now() - timedelta(days=7, seconds=5)).timestamp())
    with monkeypatch.context() as patch:
        patch.setattr(signing.TimestampSigner, "timestamp", lambda _: signing.b62_encode(avant))
        adresse = adresse_piece(acheminement.cle, piece.identifiant)
    ferme(client.get(adresse), 410, "7 jours")


def test_a_link_closes_when_the_company_withdraws(client, acheminement, piece):
    demande = acheminement.demande
    demande.etat = Etat.RETIREE
    demande.save()
    ferme(lire(client, acheminement, piece), 410, "retiré sa demande")


def test_a_link_closes_when_another_desk_has_the_demande(client, acheminement, piece):
    Acheminement.objects.update(rendue_le=timezone.now())
    ferme(lire(client, acheminement, piece), 410, "un autre guichet")


def test_a_link_closes_when_the_file_is_taken_back(client, acheminement, piece):
    Piece.objects.update(retiree_le=timezone.now())
    ferme(lire(client, acheminement, piece), 410, "retiré cette pièce")


def test_a_link_gives_no_file_of_another_dossier(client, acheminement):
    autre = a_remettre()
    ferme(lire(client, acheminement, joindre(autre)), 410, "retiré cette pièce")


@pytest.mark.parametrize("jeton", ["x", "a:b:c", "é", "x" * 3000])
def test_a_link_that_we_did_not_sign_leads_nowhere(client, jeton):
    ferme(client.get(f"/api/v1/pieces/{jeton}/"), 404, "rien à cette adresse")


def test_a_key_that_is_gone_leads_nowhere(client, acheminement, piece):
    adresse = adresse_piece(acheminement.cle, piece.identifiant)
    Acheminement.objects.all().delete()
    ferme(client.get(adresse), 404, "rien à cette adresse")


def test_a_file_that_the_storage_lost_is_said(client, acheminement, piece):
    piece.fichier.storage.delete(piece.fichier.name)
    ferme(lire(client, acheminement, piece), 404, "panne chez nous")


def test_a_link_only_reads(client, acheminement, piece):
    adresse = adresse_piece(acheminement.cle, piece.identifiant)
    assert client.post(adresse).status_code == 405
