"""What a file is: its content decides, whatever its name and its sender say."""

import io

import pytest

from dossiers.pieces import formats
from dossiers.pieces.formats import FormatRefuse, est_chiffre, reconnaitre
from tests.dossiers.pieces import fichiers as f

ACCEPTES = {
    "PDF": (f.PDF, formats.PDF),
    "PDF_CHIFFRE": (f.PDF_CHIFFRE, formats.PDF),
    "JPEG": (f.JPEG, formats.JPEG),
    "EXIF": (f.EXIF, formats.JPEG),
    "PNG": (f.PNG, formats.PNG),
    "WEBP": (f.WEBP, formats.WEBP),
    "TIFF": (f.TIFF, formats.TIFF),
    "HEIC": (f.HEIC, formats.HEIC),
    "HEIC_ANDROID": (f.HEIC_ANDROID, formats.HEIC),
    "DOCX": (f.DOCX, formats.DOCX),
    "XLSX": (f.XLSX, formats.XLSX),
    "PPTX": (f.PPTX, formats.PPTX),
    "ODT": (f.ODT, formats.ODT),
    "ODS": (f.ODS, formats.ODS),
    "ODP": (f.ODP, formats.ODP),
}
REFUSES = {
    "vide": (b"", "vide"),
    "EXECUTABLE": (f.EXECUTABLE, "programme"),
    "ELF": (f.ELF, "programme"),
    "SCRIPT": (f.SCRIPT, "programme"),
    "HTML": (f.HTML, "page web"),
    "SVG": (f.SVG, "page web"),
    "xml": (b'<?xml version="1.0"?><a/>', "page web"),
    "html-decale": (b"\n\n  Bonjour <SCRIPT>alert(1)</SCRIPT>", "page web"),
    "ANCIEN_WORD": (f.ANCIEN_WORD, "ancien format"),
    "WAV": (f.WAV, "format accepté"),
    "gif": (b"GIF89a" + b"\0" * 30, "format accepté"),
    "DOCM": (f.DOCM, "macros"),
    "DOCX_MACRO": (f.DOCX_MACRO, "macros"),
    "ODT_MACRO": (f.ODT_MACRO, "macros"),
    "ARCHIVE": (f.ARCHIVE, "archive"),
    "gzip": (b"\x1f\x8b\x08\0" + b"\0" * 30, "archive"),
    "ARCHIVE_ABIMEE": (f.ARCHIVE_ABIMEE, "abîmé"),
    "PDF_TRONQUE": (f.PDF_TRONQUE, "incomplet"),
    "pdf-apres-html": (b"<html>\n" + f.PDF, "page web"),
    "octets": (bytes(range(256)), "format accepté"),
}


@pytest.mark.parametrize("cas", ACCEPTES)
@pytest.mark.parametrize("extension", ["pdf", "txt", "exe", ""])
def test_the_content_decides_and_the_name_changes_nothing(cas, extension):
    contenu, attendu = ACCEPTES[cas]
    assert reconnaitre(io.BytesIO(contenu), extension) is attendu


@pytest.mark.parametrize("cas", REFUSES)
@pytest.mark.parametrize("extension", ["pdf", "txt", "csv", "jpg", "docx"])
def test_anything_else_is_refused_in_words(cas, extension):
    contenu, mot = REFUSES[cas]
    with pytest.raises(FormatRefuse, match=mot):
        reconnaitre(io.BytesIO(contenu), extension)


@pytest.mark.parametrize("contenu", [f.CSV, f.CSV_WINDOWS, b"\xef\xbb\xbf" + f.CSV])
def test_a_text_is_one_only_when_its_name_says_so(contenu):
    for extension in ("csv", "txt"):
        assert reconnaitre(io.BytesIO(contenu), extension) is formats.TEXTE
    for extension in ("js", "bat", "html", "svg", "pdf", ""):
        with pytest.raises(FormatRefuse):
            reconnaitre(io.BytesIO(contenu), extension)


def test_a_text_is_read_to_its_end():
    gros = b"poste;montant\n" * 200_000
    assert reconnaitre(io.BytesIO(gros), "csv") is formats.TEXTE
    with pytest.raises(FormatRefuse, match="format accepté"):
        reconnaitre(io.BytesIO(gros + b"\0"), "csv")
    accent_coupe = "é".encode() * (formats.DESCRIPTION_MAXIMUM // 2)
    assert reconnaitre(io.BytesIO(b"a" + accent_coupe), "txt") is formats.TEXTE


def test_a_description_that_swells_is_not_read_whole():
    bombe = f.zip_de(**{"[Content_Types].xml": b" " * 50_000_000})
    assert len(bombe) < 100_000
    with pytest.raises(FormatRefuse, match="archive"):
        reconnaitre(io.BytesIO(bombe), "docx")


def test_a_pdf_that_says_it_is_protected_is_told_apart():
    assert est_chiffre(io.BytesIO(f.PDF_CHIFFRE))
    assert not est_chiffre(io.BytesIO(f.PDF))


def test_only_what_browsers_can_show_safely_is_shown():
    montres = {format_.mime for format_ in formats.FORMATS.values() if format_.en_page}
    assert montres == {"application/pdf", "image/jpeg", "image/png", "image/webp"}
