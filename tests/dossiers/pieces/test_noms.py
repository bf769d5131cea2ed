"""Names: cleaned of what deceives, true to what people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.pieces import formats
from dossiers.pieces.noms import LONGUEUR, extension, nom_corrige, nom_propre, type_suggere


@pytest.mark.parametrize(
    ("brut", "propre"),
    [
        ("devis.pdf", "devis.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\personne\Devis presse.pdf", "Devis presse.pdf"),
        ("a/b\\c/devis.pdf", "devis.pdf"),
        ("devis\x00\x07\r\nfaux.pdf", "devisfaux.pdf"),
        ("fac\u202efdp.exe", "facfdp.exe"),
        ("de\u200bvis\ufeff.pdf", "devis.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("  Devis   n°\u00a012 .pdf ", "Devis n° 12 .pdf"),
        ("見積書 🏭.pdf", "見積書 🏭.pdf"),
        ("...", ""),
        (".htaccess", "htaccess"),
        ("/", ""),
        ("", ""),
    ],
)
def test_names_are_cleaned(brut, propre):
    assert nom_propre(brut) == propre


@pytest.mark.parametrize(
    ("nom", "reconnu", "corrige"),
    [
        ("devis.pdf", formats.PDF, "devis.pdf"),
        ("DEVIS.PDF", formats.PDF, "DEVIS.pdf"),
        ("devis", formats.PDF, "devis.pdf"),
        ("photo.JPEG", formats.JPEG, "photo.jpeg"),
        ("photo.png", formats.JPEG, "photo.jpg"),
        ("IMG_1.jpg", formats.HEIC, "IMG_1.heic"),
        ("devis.exe", formats.PDF, "devis.exe.pdf"),
        ("Devis n° 12.2026", formats.PDF, "Devis n° 12.2026.pdf"),
        ("poste.CSV", formats.TEXTE, "poste.csv"),
        ("", formats.PNG, "piece.png"),
        ("é" * 300 + ".pdf", formats.PDF, "é" * (LONGUEUR - 4) + ".pdf"),
    ],
)
def test_an_extension_that_lies_is_corrected(nom, reconnu, corrige):
    assert nom_corrige(nom_propre(nom), reconnu) == corrige


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_every_system_can_keep(brut):
    nom = nom_corrige(nom_propre(brut), formats.PDF)
    assert 4 < len(nom) <= LONGUEUR
    assert extension(nom) == "pdf"
    assert not set(nom) & set("/\\\0\r\n\u202e\u200b")
    assert nom_propre(nom) == nom


@pytest.mark.parametrize(
    ("nom", "type_piece"),
    [
        ("Devis_presse-2026.pdf", "devis"),
        ("kbis atelier.pdf", "immatriculation"),
        ("Extrait K-bis.pdf", "immatriculation"),
        ("RIB.pdf", "rib"),
        ("Bilan2025.pdf", "comptes"),
        ("Plan de financement.xlsx", "financement"),
        ("attestation de vigilance URSSAF.pdf", "regularite"),
        ("Statuts à jour.pdf", "statuts"),
        ("Permis-de-construire.pdf", "urbanisme"),
        ("Tribune.pdf", "autre"),
        ("IMG_0042.heic", "autre"),
    ],
)
def test_the_name_suggests_a_type(nom, type_piece):
    assert type_suggere(nom) == type_piece
