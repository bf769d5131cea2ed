"""The pages: the company's files before and after the deposit, the officer's list."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers.models import Piece
from dossiers.pieces import televersement
from dossiers.pieces.actes import ajouter_piece, retirer_piece
from tests.dossiers.pieces import fichiers as f
from tests.dossiers.pieces.conftest import fichiers_stockes
from tests.dossiers.pieces.fichiers import televerse
from tests.dossiers.pieces.test_actes import element_de, rien, vieillir
from tests.fabriques import DemandeFabrique, DossierFabrique, MembreFabrique, UserFabrique, agent_de

pytestmark = pytest.mark.django_db
#: Session, user, menu, dossier, demandes, pieces with their demandes, notifications.
REQUETES = 9
JSON = {"Accept": "application/json"}


@pytest.fixture
def client(gerante):
    client = Client()
    client.force_login(gerante)
    return client


def adresse(dossier, suite=""):
    return f"/dossiers/{dossier.identifiant}/pieces/{suite}"


def texte(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


# ------------------------------------------------------------------ adding


def test_the_good_ones_stay_and_each_of_the_others_says_why(client, dossier):
    reponse = client.post(
        adresse(dossier),
        {"fichiers": [televerse("devis.pdf"), televerse("faux.pdf", f.EXECUTABLE),
                      televerse("vide.pdf", b""), televerse("plan.png", f.PNG)]},
    )  # fmt: skip
    assert reponse.status_code == 422
    assert set(Piece.objects.values_list("nom", flat=True)) == {"devis.pdf", "plan.png"}
    page = texte(reponse)
    assert "Il y a 2 choses à corriger" in page
    assert "« faux.pdf » : Ce fichier est un programme" in page
    assert "« vide.pdf » : Ce fichier est vide" in page
    assert "« devis.pdf » est ajoutée" in page
    assert 'href="#fichiers"' in page
    assert "<title>Erreur : Pièces" in page


def test_all_good_goes_back_to_the_page(client, dossier):
    reponse = client.post(adresse(dossier), {"fichiers": [televerse()]}, follow=True)
    assert reponse.redirect_chain == [(adresse(dossier), 302)]
    assert "« devis.pdf » est ajoutée." in texte(reponse)
    encore = client.post(adresse(dossier), {"fichiers": [televerse("copie.pdf")]}, follow=True)
    assert "Ce fichier est déjà là, sous le nom « devis.pdf »" in texte(encore)
    assert Piece.objects.count() == 1


def test_nothing_chosen_is_said(client, dossier):
    reponse = client.post(adresse(dossier))
    assert reponse.status_code == 422
    assert "Choisissez au moins un fichier" in texte(reponse)
    assert rien()


def test_a_script_gets_json_or_a_problem_document(client, dossier):
    envoi = {"fichiers": [televerse("devis.exe")]}
    reponse = client.post(adresse(dossier), envoi, headers=JSON)
    assert reponse.status_code == 201
    (piece,) = reponse.json()["pieces"]
    assert piece["nom"] == "devis.exe.pdf"
    assert piece["nouvelle"] is True
    assert "Son contenu est" in piece["remarque"]
    reponse = client.post(
        adresse(dossier), {"fichiers": [televerse("x.pdf", f.HTML)]}, headers=JSON
    )
    assert reponse.status_code == 422
    assert reponse["Content-Type"] == "application/problem+json"
    probleme = json.loads(reponse.content)
    assert "page web" in probleme["detail"]
    (erreur,) = probleme["erreurs"]
    assert erreur["champ"] == "x.pdf"
    assert "page web" in erreur["message"]
    assert Piece.objects.count() == 1


def test_a_file_too_large_is_dropped_on_its_way_and_the_others_stay(client, dossier, monkeypatch):
    monkeypatch.setattr(televersement, "TAILLE_MAXIMUM", 100_000)
    gros = f.PDF + b"\n" * 200_000
    reponse = client.post(
        adresse(dossier),
        {"fichiers": [televerse("avant.pdf"), televerse("gros.pdf", gros),
                      televerse("apres.png", f.PNG)]},
    )  # fmt: skip
    assert reponse.status_code == 422
    assert "« gros.pdf » : Ce fichier dépasse 20 Mo" in texte(reponse)
    assert set(Piece.objects.values_list("nom", flat=True)) == {"avant.pdf", "apres.png"}


def test_21_mo_is_refused(client, dossier):
    gros = b"%PDF-1.4\n".ljust(21_000_000, b"\n") + b"%%EOF"
    reponse = client.post(adresse(dossier), {"fichiers": [televerse("gros.pdf", gros)]})
    assert reponse.status_code == 422
    assert "« gros.pdf » : Ce fichier dépasse 20 Mo" in texte(reponse)
    assert rien()


def test_a_request_out_of_proportion_is_refused_unread(client, dossier, monkeypatch):
    monkeypatch.setattr(televersement, "ENVOI_MAXIMUM", 1000)
    envoi = {"fichiers": [televerse("a.pdf", f.PDF * 3)]}
    reponse = client.post(adresse(dossier), envoi)
    assert reponse.status_code == 413
    assert "trop lourd pour un seul envoi" in texte(reponse)
    reponse = client.post(
        adresse(dossier), {"fichiers": [televerse("a.pdf", f.PDF * 3)]}, headers=JSON
    )
    assert reponse.status_code == 413
    assert reponse["Content-Type"] == "application/problem+json"
    assert rien()


def test_the_files_of_a_stranger_are_not_even_received(dossier):
    reponse = Client().post(adresse(dossier), {"fichiers": [televerse()]})
    assert reponse.status_code == 302
    assert reponse.url.startswith("/comptes/login/")
    assert not reponse.wsgi_request.FILES
    assert rien()


def test_a_disk_that_fails_is_said_and_leaves_nothing(client, dossier, monkeypatch):
    def tomber(*args, **options):
        raise OSError("disque plein fictif")

    monkeypatch.setattr("django.core.files.storage.filesystem.FileSystemStorage._save", tomber)
    reponse = client.post(adresse(dossier), {"fichiers": [televerse()]})
    assert reponse.status_code == 422
    assert "c’est une panne chez nous" in texte(reponse)
    assert rien()


def test_a_name_is_shown_never_run(client, dossier):
    client.post(adresse(dossier), {"fichiers": [televerse("<img src=x onerror=alert(1)>.pdf")]})
    page = texte(client.get(adresse(dossier)))
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.pdf" in page


@pytest.mark.parametrize("methode", ["get", "post"])
def test_a_foreign_dossier_does_not_exist(client, methode):
    autre = DossierFabrique()
    for suite in ("", "0b7e2a5e-0000-4000-8000-000000000000/retirer/"):
        reponse = getattr(client, methode)(adresse(autre, suite))
        assert reponse.status_code in (404, 405)
    assert getattr(client, methode)(adresse(autre)).status_code == 404
    assert rien()


# ------------------------------------------------------------------ taking back, naming


def test_taking_back_can_be_undone_from_the_same_page(client, dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    suite = f"{piece.identifiant}/"
    page = texte(client.post(adresse(dossier, f"{suite}retirer/"), follow=True))
    assert "« devis.pdf » est retirée. Vous pouvez la remettre pendant un jour." in page
    assert f"{suite}remettre/" in page
    page = texte(client.post(adresse(dossier, f"{suite}remettre/"), follow=True))
    assert "« devis.pdf » est remise." in page
    page = texte(client.post(adresse(dossier, f"{suite}type/"), {"type": "rib"}, follow=True))
    assert "Relevé d’identité bancaire" in page
    piece.refresh_from_db()
    assert (piece.type, piece.retiree_le) == ("rib", None)


def test_too_late_is_said(client, demande, gerante):
    piece = ajouter_piece(dossier=demande.dossier, fichier=televerse(), par=gerante).piece
    vieillir(piece, hours=2)
    suite = adresse(demande.dossier, f"{piece.identifiant}/retirer/")
    page = texte(client.post(suite, follow=True))
    assert "Ajoutée il y a plus d’une heure" in page
    assert Piece.objects.gardees().exists()


def test_one_goes_back_to_the_page_one_came_from_and_nowhere_else(client, dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    chemin = adresse(dossier, f"{piece.identifiant}/type/")
    reponse = client.post(chemin, {"type": "rib", "suite": "/dossiers/?a=1"})
    assert reponse.url == "/dossiers/?a=1"
    reponse = client.post(chemin, {"type": "rib", "suite": "https://ailleurs.invalid/"})
    assert reponse.url == adresse(dossier)


def test_another_companys_file_cannot_be_touched(client, dossier, demande):
    autre = DossierFabrique()
    par = MembreFabrique(entreprise=autre.entreprise).user
    piece = ajouter_piece(dossier=autre, fichier=televerse(), par=par).piece
    for acte in ("retirer", "remettre", "type"):
        for vu in (autre, dossier):
            chemin = adresse(vu, f"{piece.identifiant}/{acte}/")
            assert client.post(chemin, {"type": "rib"}).status_code == 404
    piece.refresh_from_db()
    assert (piece.retiree_le, piece.type) == (None, "devis")


# ------------------------------------------------------------------ after the deposit


def test_a_file_goes_to_the_demande_that_is_chosen(client, demande):
    for pour in (demande.pk, ""):
        client.post(adresse(demande.dossier), {"fichiers": [televerse()], "pour": pour})
    assert set(Piece.objects.values_list("demande", flat=True)) == {demande.pk, None}
    etrangere = DemandeFabrique(en_instruction=True)
    for pour in (etrangere.pk, "x", "0"):
        envoi = {"fichiers": [televerse("b.png", f.PNG)], "pour": pour}
        assert client.post(adresse(demande.dossier), envoi).status_code == 404
    assert Piece.objects.count() == len(fichiers_stockes()) == 2


def test_an_answer_goes_where_the_officer_asked(client, demande):
    element = element_de(demande)
    envoi = {"fichiers": [televerse("x.pdf")], "element": element.pk}
    assert client.post(adresse(demande.dossier), envoi, headers=JSON).status_code == 201
    assert Piece.objects.get().element == element
    etranger = element_de(DemandeFabrique(en_instruction=True))
    for code in (etranger.pk, "x"):
        envoi = {"fichiers": [televerse("b.png", f.PNG)], "element": code}
        assert client.post(adresse(demande.dossier), envoi, headers=JSON).status_code == 404
    assert Piece.objects.count() == len(fichiers_stockes()) == 1


def test_the_follow_up_lists_the_files_of_each_demande(client, demande, gerante):
    autre = DemandeFabrique(version_dossier=demande.version_dossier, en_instruction=True)
    for place, nom, contenu in (
        (None, "commune.pdf", f.PDF), (demande, "propre.png", f.PNG), (autre, "autre.jpg", f.JPEG),
    ):  # fmt: skip
        ajouter_piece(
            dossier=demande.dossier, fichier=televerse(nom, contenu), par=gerante, demande=place
        )
    page = client.get(f"/dossiers/{demande.dossier.identifiant}/suivi/").content.decode()
    assert page.count("commune.pdf") == 2
    assert page.count("propre.png") == page.count("autre.jpg") == 1
    assert f"/pieces/?pour={demande.pk}" in page


def test_everything_closed_takes_no_more_and_says_it(client, gerante):
    close = DemandeFabrique(refusee=True)
    MembreFabrique(user=gerante, entreprise=close.dossier.entreprise)
    page = texte(client.get(adresse(close.dossier)))
    assert "Toutes les demandes de ce dossier sont closes" in page
    assert 'type="file"' not in page


# ------------------------------------------------------------------ the officer


def test_the_officer_reads_in_the_page_what_browsers_show(demande, gerante):
    for nom, contenu in (("devis.pdf", f.PDF), ("plan.png", f.PNG), ("postes.csv", f.CSV)):
        ajouter_piece(dossier=demande.dossier, fichier=televerse(nom, contenu), par=gerante)
    retiree = ajouter_piece(
        dossier=demande.dossier, fichier=televerse("r.jpg", f.JPEG), par=gerante
    )
    retirer_piece(piece=retiree.piece, par=gerante)
    agent = Client()
    agent.force_login(agent_de(demande.guichet))
    page = texte(agent.get(f"/instruction/demandes/{demande.identifiant}/"))
    section = page[page.index('<section id="pieces"') :]
    assert section.count("<iframe") == section.count("<img") == 1
    assert section.count("?telecharger") == 3
    assert "par Gérante fictive" in section
    assert Piece.objects.get(nom="devis.pdf").empreinte[:12] in section
    assert "r.jpg" not in section


# ------------------------------------------------------------------ queries


@pytest.mark.parametrize("vue", ["pieces", "suivi", "agent"])
def test_the_queries_do_not_grow_with_the_files(demande, gerante, vue):
    client, chemin = Client(), f"/dossiers/{demande.dossier.identifiant}/{vue}/"
    client.force_login(gerante)
    if vue == "agent":
        client.force_login(agent_de(demande.guichet))
        chemin = f"/instruction/demandes/{demande.identifiant}/"
    nombres = []
    for rang in range(4):
        par = MembreFabrique(entreprise=demande.dossier.entreprise, user=UserFabrique()).user
        for place in (None, demande):
            envoi = televerse(contenu=f.PDF + b"%%%d\n%%%%EOF" % rang)
            ajouter_piece(dossier=demande.dossier, fichier=envoi, par=par, demande=place)
        client.get(chemin)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(chemin).status_code == 200
        nombres.append(len(requetes))
    assert len(set(nombres)) == 1
    if vue == "pieces":
        assert nombres[0] == REQUETES
