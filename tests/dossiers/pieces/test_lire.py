"""The address of a file: who reads it, and what browsers may do with it."""

import pytest
from django.test import Client

from dossiers.models import Piece
from dossiers.pieces.actes import ajouter_piece, retirer_piece
from tests.dossiers.pieces import fichiers as f
from tests.dossiers.pieces.conftest import fichiers_stockes
from tests.dossiers.pieces.fichiers import televerse
from tests.fabriques import (
    DemandeFabrique,
    MembreFabrique,
    UserFabrique,
    agent_de,
    guichet_epci,
)

pytestmark = pytest.mark.django_db


def connecter(user):
    client = Client()
    client.force_login(user)
    return client


def adresse(piece):
    return f"/pieces/{piece.identifiant}/"


def lire(user, piece, suite=""):
    reponse = connecter(user).get(adresse(piece) + suite)
    contenu = b"".join(reponse.streaming_content) if reponse.streaming else b""
    return reponse, contenu


def ajouter(demande, gerante, contenu=f.PDF, nom="devis.pdf", pour=None):
    return ajouter_piece(
        dossier=demande.dossier, fichier=televerse(nom, contenu), par=gerante, demande=pour
    ).piece


def test_each_reader_and_nobody_else(demande, gerante):
    """Members, the desk, the EPCI and administrators; the list and the content agree."""
    autre = DemandeFabrique(version_dossier=demande.version_dossier, en_instruction=True)
    epci = guichet_epci(demande.commune.epci)
    personnes = {
        "gerante": gerante,
        "collegue": MembreFabrique(entreprise=demande.dossier.entreprise).user,
        "agent": agent_de(demande.guichet),
        "agent d'une autre demande": agent_de(autre.guichet),
        "epci": agent_de(epci),
        "administration": UserFabrique(administration=True),
        "en attente": MembreFabrique(entreprise=demande.dossier.entreprise, etat="en_attente").user,
        "autre entreprise": MembreFabrique().user,
        "agent d'ailleurs": agent_de(DemandeFabrique(en_instruction=True).guichet),
        "epci d'ailleurs": agent_de(guichet_epci(DemandeFabrique(remise=True).commune.epci)),
        "personne": UserFabrique(),
    }
    lecteurs = {"gerante", "collegue", "agent", "epci", "administration"}
    propre = ajouter(demande, gerante, pour=demande)
    commune = ajouter(demande, gerante, f.PNG, "plan.png")
    for qui, user in personnes.items():
        for piece, admis in (
            (propre, lecteurs),
            (commune, {*lecteurs, "agent d'une autre demande"}),
        ):
            reponse, contenu = lire(user, piece)
            assert (reponse.status_code == 200) == (qui in admis), (qui, piece.nom)
            assert bool(contenu) == (qui in admis)
            assert Piece.objects.visibles_par(user).filter(pk=piece.pk).exists() == (qui in admis)


def test_a_draft_is_read_by_its_members_alone(dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    assert lire(gerante, piece)[1] == f.PDF
    for user in (UserFabrique(administration=True), agent_de(guichet_epci_quelconque())):
        assert lire(user, piece)[0].status_code == 404
    assert Client().get(adresse(piece)).status_code == 302


def guichet_epci_quelconque():
    return guichet_epci(DemandeFabrique(remise=True).commune.epci)


def test_a_demande_not_handed_over_shows_nothing_to_its_desk(gerante):
    attendue = DemandeFabrique(avec_guichet=True, etat="a_etudier")
    MembreFabrique(user=gerante, entreprise=attendue.dossier.entreprise)
    piece = ajouter(attendue, gerante)
    assert lire(agent_de(attendue.guichet), piece)[0].status_code == 404


def test_what_was_taken_back_is_read_by_nobody(dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    retirer_piece(piece=piece, par=gerante)
    assert lire(gerante, piece)[0].status_code == 404


@pytest.mark.parametrize(
    ("nom", "contenu", "mime", "montre"),
    [
        ("devis.pdf", f.PDF, "application/pdf", True),
        ("photo.jpg", f.JPEG, "image/jpeg", True),
        ("plan.png", f.PNG, "image/png", True),
        ("plan.webp", f.WEBP, "image/webp", True),
        ("plan.tiff", f.TIFF, "image/tiff", False),
        ("photo.heic", f.HEIC, "image/heic", False),
        ("postes.csv", f.CSV, "text/plain", False),
    ],
)
def test_the_headers_let_nothing_of_a_file_run(demande, gerante, nom, contenu, mime, montre):
    piece = ajouter(demande, gerante, contenu, nom)
    reponse, lu = lire(agent_de(demande.guichet), piece)
    assert lu == contenu
    assert reponse.streaming
    assert reponse["Content-Type"].split(";")[0] == mime
    assert reponse["Content-Length"] == str(len(contenu))
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse["X-Frame-Options"] == "SAMEORIGIN"
    assert {"private", "no-store"} <= set(reponse["Cache-Control"].replace(",", "").split())
    assert reponse["Cross-Origin-Resource-Policy"] == "same-origin"
    politique = {d.split()[0]: d for d in reponse["Content-Security-Policy"].split("; ")}
    assert politique["default-src"] == "default-src 'none'"
    assert politique["frame-ancestors"] == "frame-ancestors 'self'"
    assert ("sandbox" in politique) == (mime != "application/pdf")
    assert "script-src" not in politique
    disposition = reponse["Content-Disposition"]
    assert disposition == f'{"inline" if montre else "attachment"}; filename="{nom}"'
    enregistre, _ = lire(gerante, piece, "?telecharger")
    assert enregistre["Content-Disposition"].startswith("attachment")


def test_a_name_of_any_language_is_given_back(demande, gerante):
    piece = ajouter(demande, gerante, nom='Devis "été" 見積.pdf')
    reponse, _ = lire(gerante, piece)
    assert reponse["Content-Disposition"] == (
        "inline; filename*=utf-8''Devis%20%22%C3%A9t%C3%A9%22%20%E8%A6%8B%E7%A9%8D.pdf"
    )


def test_head_says_the_same_and_the_rest_is_refused(demande, gerante):
    piece = ajouter(demande, gerante)
    client = connecter(gerante)
    reponse = client.head(adresse(piece))
    assert reponse["Content-Length"] == str(len(f.PDF))
    reponse.close()
    for methode in (client.post, client.put, client.delete):
        assert methode(adresse(piece)).status_code == 405


def test_other_pages_still_refuse_to_be_framed(demande, gerante):
    reponse = connecter(gerante).get(f"/dossiers/{demande.dossier.identifiant}/pieces/")
    assert reponse["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in reponse["Content-Security-Policy"]


def test_a_file_that_the_storage_lost_is_not_found(demande, gerante, caplog):
    piece = ajouter(demande, gerante)
    fichiers_stockes()[0].unlink()
    assert lire(gerante, piece)[0].status_code == 404
    assert "le stockage ne l’a plus" in caplog.text
