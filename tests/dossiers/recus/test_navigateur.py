"""In a real Chromium: sent to the portal without JavaScript, or verified in the page with it, on
the portal and from the disk without a network.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dossiers.recus.actes import changer_cle
from portal.services_embarques.chemins import PROJET
from tests.dossiers.recus.conftest import forger

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]

PAGE = "/recus/verifier/"
ICI = "Vérifier sans rien envoyer"


@pytest.fixture
def fichiers(recu, accuse, tmp_path) -> dict[str, Path]:
    """The acknowledgement, the receipt alone, a forged one and a picture."""
    contenus = {
        "accuse.pdf": accuse,
        "recu.jws": recu.jws.encode(),
        "faux.jws": forger(recu.jws).encode(),
        "photo.pdf": b"%PDF-1.7\nune photo",
    }
    for nom, octets in contenus.items():
        (tmp_path / nom).write_bytes(octets)
    return {nom: tmp_path / nom for nom in contenus}


@pytest.mark.parametrize("largeur", [1280, 360])
def test_without_javascript_the_portal_answers(visiter, fichiers, recu, largeur):
    visite = visiter(largeur=largeur, js=False)
    page = visite.page
    visite.aller(PAGE)
    expect(page.get_by_role("button", name=ICI)).to_be_hidden()
    page.get_by_label("Le fichier").set_input_files(fichiers["accuse.pdf"])
    visite.suivre(page.get_by_role("button", name="Vérifier", exact=True))
    expect(page.get_by_role("heading", name="Ce reçu est valable")).to_be_visible()
    expect(page.locator("main")).to_contain_text(recu.version.empreinte)
    visite.verifier()
    page.get_by_label("Ou le texte du reçu").fill(fichiers["faux.jws"].read_text())
    visite.suivre(page.get_by_role("button", name="Vérifier", exact=True))
    expect(page.get_by_role("heading", name="Ce reçu n’est pas valable")).to_be_visible()
    visite.verifier()


def test_with_javascript_nothing_leaves_the_page(visiter, fichiers, recu):
    visite = visiter(largeur=360)
    page, envois = visite.page, []
    page.on("request", lambda requete: envois.append(requete) if requete.post_data else None)
    visite.aller(PAGE)
    verdict = page.locator("#verdict-ici")
    page.get_by_role("button", name=ICI).click()
    expect(verdict.get_by_role("heading", name="Rien à vérifier")).to_be_visible()
    expect(verdict).to_contain_text("Choisissez un fichier, ou collez le texte d’un reçu.")
    for nom, dit in (
        ("accuse.pdf", "La signature de ce reçu est juste"),
        ("faux.jws", "Sa signature est fausse"),
        ("recu.jws", recu.version.empreinte),
        ("photo.pdf", "ne contient pas de reçu"),
    ):
        page.get_by_label("Le fichier").set_input_files(fichiers[nom])
        page.get_by_role("button", name=ICI).click()
        expect(verdict).to_contain_text(dit)
        if nom == "recu.jws":
            # The hour of Paris, whatever that of the reader.
            heure = timezone.localtime(recu.version.deposee_le).strftime("%H:%M")
            expect(verdict).to_contain_text(heure)
    visite.verifier()
    assert envois == []


def test_a_page_saved_on_a_disk_verifies_without_a_network(visiter, fichiers, recu, tmp_path):
    """As « Enregistrer sous » leaves it: the page, and its script in a folder beside."""
    changer_cle()
    visite = visiter()
    page = visite.page
    visite.aller(PAGE)
    script = (PROJET / "static/recus/verifier.js").read_text(encoding="utf-8")
    (tmp_path / "page_fichiers").mkdir()
    (tmp_path / "page_fichiers/verifier.js").write_text(script, encoding="utf-8")
    gardee = re.sub(
        r'src="[^"]*/verifier[^"]*\.js"', 'src="page_fichiers/verifier.js"', page.content()
    )
    (tmp_path / "page.html").write_text(gardee, encoding="utf-8")
    page.context.set_offline(True)
    page.goto(f"file://{tmp_path}/page.html")
    for nom, dit in (
        ("accuse.pdf", "La signature de ce reçu est juste"),
        ("recu.jws", "ce reçu est d’avant"),
        ("faux.jws", "Sa signature est fausse"),
    ):
        page.get_by_label("Le fichier").set_input_files(fichiers[nom])
        page.get_by_role("button", name=ICI).click()
        expect(page.locator("#verdict-ici")).to_contain_text(dit)
