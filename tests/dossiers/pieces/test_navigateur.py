"""Files in a real Chromium: several at once on a phone, dropped, without a script, and read."""

import os

import pytest
from playwright.sync_api import expect

from dossiers.models import Piece
from dossiers.pieces.actes import ajouter_piece
from tests.dossiers.pieces import fichiers as f
from tests.dossiers.pieces.fichiers import televerse
from tests.fabriques import agent_de
from tests.navigateur import ABANDONS

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
ATTENDUES = ("status of 422", "status of 413", *ABANDONS)

#: The part of Chromium that shows a PDF.
VISIONNEUSE = "chrome-extension://"


@pytest.fixture
def ouvrir(visiter):
    """`visiter`, where a violation of the content security policy is a fault too, and a refusal
    of a file is not."""

    def ouverte(*args, **options):
        visite = visiter(*args, **options)

        def noter(message):
            if message.type == "error" and not any(mot in message.text for mot in ATTENDUES):
                visite.fautes.append(message.text)

        visite.page.on("console", noter)
        return visite

    return ouverte


def verifier(visite):
    attendues = ("422 ", f"venu d’ailleurs : {VISIONNEUSE}", "venu d’ailleurs : chrome://")
    visite.fautes[:] = [faute for faute in visite.fautes if not faute.startswith(attendues)]
    visite.verifier()


def photographier(visite, nom):
    """A picture to look at, when CAPTURES names a folder."""
    if dossier := os.environ.get("CAPTURES"):
        visite.page.screenshot(path=f"{dossier}/{nom}.png", full_page=True)


def fichier(nom, contenu):
    return {"name": nom, "mimeType": "application/octet-stream", "buffer": contenu}


@pytest.mark.parametrize("largeur", [360, 1280])
def test_several_files_at_once_one_of_them_bad(ouvrir, dossier, gerante, largeur):
    visite = ouvrir(gerante, largeur=largeur)
    page = visite.page
    visite.aller(f"/dossiers/{dossier.identifiant}/")
    visite.suivre(page.get_by_role("link", name="Pièces", exact=True))
    photographier(visite, f"pieces-vide-{largeur}")
    verifier(visite)
    page.get_by_label("Choisissez un ou plusieurs fichiers").set_input_files(
        [fichier("Devis presse.pdf", f.PDF), fichier("virus.pdf", f.EXECUTABLE),
         fichier("plan.jpg", f.PNG)]
    )  # fmt: skip
    page.get_by_text("2 fichiers ajoutés, 1 fichier refusé.").wait_for()
    photographier(visite, f"pieces-{largeur}")
    verifier(visite)
    refus = page.locator("[data-envois] .refus")
    expect(refus.locator(".nom")).to_have_text("virus.pdf")
    expect(refus).to_contain_text("est un programme")
    expect(page.locator("[data-envois] .remarque")).to_contain_text("plan.png")
    expect(page.get_by_role("link", name="Devis presse.pdf")).to_have_count(1)
    assert set(Piece.objects.values_list("nom", flat=True)) == {"Devis presse.pdf", "plan.png"}


def test_naming_taking_back_and_changing_ones_mind_with_the_keyboard(ouvrir, dossier, gerante):
    piece = ajouter_piece(dossier=dossier, fichier=televerse(), par=gerante).piece
    visite = ouvrir(gerante, largeur=360)
    page = visite.page
    visite.aller(f"/dossiers/{dossier.identifiant}/pieces/")
    type_piece = page.get_by_label("Type de devis.pdf")
    expect(type_piece).to_have_value("devis")
    type_piece.focus()
    type_piece.select_option("rib")
    page.locator("[data-annonce]", has_text="Relevé d’identité bancaire").wait_for()
    expect(page.locator(f"#type-{piece.pk}")).to_be_focused()
    page.get_by_role("button", name="Retirer devis.pdf").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Vous pouvez la remettre pendant un jour").wait_for()
    photographier(visite, "pieces-retiree-360")
    verifier(visite)
    expect(page.get_by_role("button", name="Remettre devis.pdf")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("est remise").wait_for()
    expect(page.get_by_role("button", name="Retirer devis.pdf")).to_be_focused()
    piece.refresh_from_db()
    assert (piece.retiree_le, piece.type) == (None, "rib")
    verifier(visite)


def test_files_are_dropped_in_the_zone_and_nowhere_else(ouvrir, dossier, gerante):
    visite = ouvrir(gerante)
    page = visite.page
    visite.aller(f"/dossiers/{dossier.identifiant}/pieces/")
    deposer = """([ou, texte]) => {
      const donnees = new DataTransfer();
      donnees.items.add(new File([texte], "postes.csv"));
      const cible = document.querySelector(ou);
      for (const genre of ["dragover", "drop"]) cible.dispatchEvent(
        new DragEvent(genre, { bubbles: true, cancelable: true, dataTransfer: donnees }));
    }"""
    page.evaluate(deposer, ["h1", "poste;montant"])
    page.evaluate(deposer, ["[data-zone-pieces] label", "poste;montant"])
    page.get_by_text("1 fichier ajouté.").wait_for()
    assert Piece.objects.get().nom == "postes.csv"
    expect(page.get_by_role("link", name="postes.csv")).to_have_count(1)
    verifier(visite)


def test_21_mo_never_leaves_the_browser(ouvrir, dossier, gerante, tmp_path):
    gros = tmp_path / "gros.pdf"
    gros.write_bytes(f.PDF.ljust(21_000_000, b"\n"))
    visite = ouvrir(gerante)
    visite.aller(f"/dossiers/{dossier.identifiant}/pieces/")
    envois = []
    visite.page.on("request", lambda r: envois.append(r.method))
    visite.page.get_by_label("Choisissez un ou plusieurs fichiers").set_input_files(gros)
    visite.page.get_by_text("1 fichier refusé.").wait_for()
    expect(visite.page.locator("[data-envois]")).to_contain_text("dépasse 20 Mo")
    assert "POST" not in envois
    assert not Piece.objects.exists()


def test_a_connection_that_drops_is_said_and_the_others_go_on(ouvrir, dossier, gerante):
    visite = ouvrir(gerante)
    page = visite.page
    visite.aller(f"/dossiers/{dossier.identifiant}/pieces/")
    coupees = []

    def couper(route):
        if route.request.method == "POST" and not coupees:
            coupees.append(route.abort())
        else:
            route.continue_()

    page.route("**/pieces/", couper)
    page.get_by_label("Choisissez un ou plusieurs fichiers").set_input_files(
        [fichier("a.pdf", f.PDF), fichier("b.png", f.PNG)]
    )
    page.get_by_text("1 fichier ajouté, 1 fichier refusé.").wait_for()
    expect(page.locator("[data-envois]")).to_contain_text("La connexion s’est interrompue")
    assert Piece.objects.get().nom == "b.png"


@pytest.mark.parametrize("largeur", [360, 1280])
def test_the_same_without_a_script(ouvrir, dossier, gerante, largeur):
    visite = ouvrir(gerante, js=False, largeur=largeur)
    page = visite.page
    visite.aller(f"/dossiers/{dossier.identifiant}/pieces/")
    page.get_by_label("Choisissez un ou plusieurs fichiers").set_input_files(
        [fichier("devis.pdf", f.PDF), fichier("virus.pdf", f.EXECUTABLE)]
    )
    visite.suivre(page.get_by_role("button", name="Ajouter ces fichiers"))
    page.get_by_role("heading", name="Il y a une chose à corriger").wait_for()
    photographier(visite, f"pieces-sans-script-{largeur}")
    visite.verifier()
    page.get_by_label("Type de devis.pdf").select_option("rib")
    visite.suivre(page.get_by_role("button", name="Enregistrer le type de devis.pdf"))
    page.get_by_text("est enregistrée comme").wait_for()
    visite.suivre(page.get_by_role("button", name="Retirer devis.pdf"))
    visite.suivre(page.get_by_role("button", name="Remettre devis.pdf"))
    page.get_by_text("est remise").wait_for()
    assert Piece.objects.gardees().get().type == "rib"
    visite.verifier()


@pytest.mark.fenetres  # without windows Chromium has no viewer of PDF files
@pytest.mark.parametrize("largeur", [360, 1280])
def test_an_officer_reads_a_pdf_and_a_picture_in_the_page(ouvrir, demande, gerante, largeur):
    for nom, contenu in (("devis.pdf", f.PDF), ("plan.png", f.PNG), ("postes.csv", f.CSV)):
        ajouter_piece(dossier=demande.dossier, fichier=televerse(nom, contenu), par=gerante)
    visite = ouvrir(agent_de(demande.guichet), largeur=largeur)
    page = visite.page
    demandes = []
    page.on("request", lambda r: "/pieces/" in r.url and demandes.append(r.url))
    visite.aller(f"/instruction/demandes/{demande.identifiant}/#pieces")
    page.wait_for_load_state("networkidle")
    assert demandes == []
    devis = page.locator("#pieces li", has_text="devis.pdf")
    devis.locator(".lecture summary").focus()
    page.keyboard.press("Enter")
    # Chromium puts its viewer in the frame of a PDF that it may show, and only then.
    visite.patienter(
        lambda: [c for c in page.frames if c.url.startswith(VISIONNEUSE)], "la visionneuse"
    )
    # What one does with a file stands beside its name, within the card.
    nom, suites = devis.locator(".nom").bounding_box(), devis.locator(".suites-fichier")
    assert suites.bounding_box()["x"] >= nom["x"]
    image = page.locator("#pieces li", has_text="plan.png")
    image.locator(".lecture summary").click()
    image.locator("img").scroll_into_view_if_needed()
    expect(image.locator("img")).to_have_js_property("naturalWidth", 1)
    photographier(visite, f"agent-{largeur}")
    verifier(visite)
    with page.expect_download() as telechargement:
        page.get_by_role("link", name="Télécharger postes.csv").click()
    assert telechargement.value.suggested_filename == "postes.csv"
