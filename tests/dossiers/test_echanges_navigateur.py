"""Ask, answer, resume, on a phone: with and without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from dossiers.circuit import Etat
from dossiers.models import Complement, Demande, Message, Piece
from tests.dossiers.pieces.fichiers import PDF
from tests.fabriques import DemandeFabrique, MembreFabrique, agent_de

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _stockage(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("js", [True, False], ids=["script", "sans-script"])
def test_ask_answer_resume_on_a_phone(visiter, js):
    demande = DemandeFabrique(en_instruction=True)
    agent = agent_de(demande.guichet)
    membre = MembreFabrique(entreprise=demande.dossier.entreprise).user

    bureau = visiter(agent, largeur=360, js=js)
    _demander(bureau, demande, js)
    maison = visiter(membre, largeur=360, js=js)
    _repondre(maison, js)
    assert Piece.objects.get().nom == "devis.pdf"
    assert Demande.objects.get().etat == Etat.EN_INSTRUCTION
    _lire_et_ecrire(bureau)
    _lire(maison, demande, js)
    bureau.aller(f"/instruction/demandes/{demande.identifiant}/reorienter/")
    bureau.verifier()


def _demander(bureau, demande, js):
    bureau.aller(f"/instruction/demandes/{demande.identifiant}/")
    bureau.verifier()
    bureau.suivre(bureau.page.get_by_role("link", name="Demander un complément"))
    page = bureau.page
    page.get_by_label("Pièce ou question, élément 1").select_option("devis")
    page.get_by_label("Pièce ou question, élément 2").select_option("question")
    page.get_by_label("En quelques mots, élément 2").fill("Qui installe la machine ?")
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Pièce ou question, élément 4").wait_for()
    if js:
        # The focus goes to the new line.
        expect(page.locator("#nature-3")).to_be_focused()
    page.get_by_role("button", name="Retirer l’élément 4").click()
    page.get_by_label("Pièce ou question, élément 4").wait_for(state="detached")
    bureau.suivre(page.get_by_role("button", name="Relire"))
    page.get_by_role("heading", name="Ce que l’entreprise lira").wait_for()
    bureau.verifier()
    assert not Complement.objects.exists()
    bureau.suivre(page.get_by_role("button", name="Envoyer à l’entreprise"))
    page.get_by_text("Votre demande est partie").wait_for()
    bureau.verifier()


def _repondre(maison, js):
    maison.aller("/dossiers/")
    maison.verifier()
    maison.suivre(maison.page.get_by_role("link", name="1 à faire"))
    page = maison.page
    page.get_by_label("Choisissez un ou plusieurs fichiers").set_input_files(
        {"name": "devis.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_label("Qui installe la machine ?").fill("Nous-mêmes.\nEn mars.")
    if js:
        page.get_by_role("link", name="devis.pdf").wait_for()
    maison.verifier()
    maison.suivre(page.get_by_role("button", name="Envoyer ma réponse"))
    page.get_by_text("Votre réponse est partie").wait_for()
    maison.verifier()


def _lire_et_ecrire(bureau):
    bureau.aller("/instruction/")
    bureau.verifier()
    bureau.suivre(bureau.page.get_by_role("link", name="1 Réponse reçue"))
    bureau.suivre(bureau.page.locator("[data-ligne]"))
    bureau.page.get_by_text("Nous-mêmes.").wait_for()
    bureau.page.get_by_label("Votre message").fill("Merci, c’est complet.")
    bureau.suivre(bureau.page.get_by_role("button", name="Envoyer le message"))
    bureau.page.get_by_text("Message envoyé").wait_for()
    bureau.verifier()


def _lire(maison, demande, js):
    maison.aller(f"/demandes/{demande.identifiant}/echanges/")
    maison.page.get_by_text("Merci, c’est complet.").wait_for()
    maison.verifier()
    if not js:
        maison.suivre(maison.page.get_by_role("button", name="Marquer comme lu"))
    maison.patienter(lambda: Message.objects.get().lu_le, "le message lu")
    for adresse in ("/notifications/", f"/demandes/{demande.identifiant}/retirer/"):
        maison.aller(adresse)
        maison.verifier()
