"""The acknowledgement carries the receipt; a PDF from anywhere is read without trusting it."""

from __future__ import annotations

import time
import zlib
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from dossiers.documents.pdf import ecrire
from dossiers.models import Document
from dossiers.recus.controle import controler
from dossiers.recus.lecture import RECU_MAXIMUM, TAILLE_MAXIMUM, RecuIllisible, jws_de
from tests.dossiers.documents.outils import accuse as accuse_sans_depot
from tests.dossiers.documents.outils import produit, texte_de, texte_pdf

pytestmark = pytest.mark.django_db


def refus(octets: bytes) -> str:
    with pytest.raises(RecuIllisible) as capture:
        jws_de(octets)
    return str(capture.value)


def test_any_reader_of_pdf_shows_the_receipt_as_an_attachment(accuse, recu):
    lecteur = PdfReader(BytesIO(accuse))
    assert lecteur.attachments == {recu.nom_de_fichier: [recu.jws.encode()]}
    [jointe] = lecteur.attachment_list
    assert jointe.description == "Reçu de dépôt signé"


def test_the_acknowledgement_says_how_to_verify_it(accuse, recu):
    lu = texte_pdf(accuse)
    assert f"Un reçu de dépôt signé est joint à ce fichier ({recu.nom_de_fichier})" in lu
    # The address may be broken at the end of a line.
    assert "cepdfàlapagehttp://localhost:8000/recus/verifier/" in lu.replace(" ", "").lower()


def test_it_is_still_tagged_and_written_again_with_the_same_bytes(accuse):
    racine = PdfReader(BytesIO(accuse)).trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in racine["/Metadata"].get_data()
    time.sleep(1.1)  # a date taken from the clock would show
    assert ecrire(Document.objects.get(demande__aide__code="eligible")) == accuse


def test_the_receipt_is_found_in_it(accuse, recu):
    assert jws_de(accuse) == recu.jws
    controle = controler(accuse)
    assert (controle.au_registre, controle.pdf_emis) == (True, True)


def test_an_acknowledgement_without_receipt_says_nothing_of_one():
    document = produit(accuse_sans_depot())
    assert "reçu de dépôt signé" not in texte_de(document)
    with document.fichier.open("rb") as fichier:
        assert "ne contient pas de reçu" in refus(fichier.read())


def test_a_pdf_changed_since_keeps_its_receipt_and_is_told_apart(accuse, recu):
    controle = controler(accuse + b"\n% un mot de trop")
    assert (controle.attestation.dossier, controle.pdf_emis) == (recu.version.dossier.numero, False)


def test_a_pdf_saved_again_by_another_program_keeps_its_receipt(accuse, recu):
    copie = PdfWriter(clone_from=BytesIO(accuse))
    sortie = BytesIO()
    copie.write(sortie)
    assert sortie.getvalue() != accuse
    assert jws_de(sortie.getvalue()) == recu.jws


def test_an_attachment_that_is_not_packed_is_read_too(recu):
    pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nstream\n" + recu.jws.encode() + b"\nendstream\nendobj\n"
    assert jws_de(pdf) == recu.jws


def test_two_receipts_in_a_pdf_are_not_chosen_between(recu):
    flux = b"stream\r\n%s\r\nendstream\n"
    autre = recu.jws.replace("a", "b").encode()
    assert "plusieurs reçus" in refus(b"%PDF-1.7\n" + flux % recu.jws.encode() + flux % autre)


@pytest.mark.parametrize(
    ("octets", "phrase"),
    [
        (b"", "c’est vide"),
        (b" \n ", "c’est vide"),
        (b"bonjour", "pas un reçu"),
        (b"\xff\xd8\xff\xe0 une image", "pas un reçu"),
        (b"eyJ.a.b", "pas un reçu"),
        (b'{"keys": []}', "pas un reçu"),
        (b"%PDF-1.7\n", "ne contient pas de reçu"),
        (b"%PDF-1.7\nstream\n" + b"\x78\x9c" + b"n'importe quoi", "ne contient pas de reçu"),
        (b"eyJ" + b"a" * RECU_MAXIMUM, "trop long"),
        (b"%PDF-1.7" + b"0" * TAILLE_MAXIMUM, "dépasse 5 Mo"),
    ],
)
def test_what_is_no_receipt_is_told_plainly(octets, phrase):
    assert phrase in refus(octets)


def test_a_text_broken_into_lines_by_a_mail_program_is_read(recu):
    casse = "\r\n  ".join(recu.jws[n : n + 70] for n in range(0, len(recu.jws), 70))
    assert jws_de(f"\ufeff{casse}\n".encode()) == recu.jws


@pytest.mark.parametrize(
    "graine",
    [
        b"eyJ" + b"A" * 60_000_000,
        b"\0" * 60_000_000,
    ],
    ids=["receipts", "zeros"],
)
def test_a_pdf_made_to_exhaust_the_reader_is_read_in_no_time(graine):
    bombe = b"stream\n" + zlib.compress(graine, 9) + b"\nendstream\n"
    pdf = b"%PDF-1.7\n" + bombe * (TAILLE_MAXIMUM // len(bombe))
    depart = time.process_time()
    refus(pdf[:TAILLE_MAXIMUM])
    refus(b"%PDF-1.7\n" + b"stream\n" * (TAILLE_MAXIMUM // 8))
    assert time.process_time() - depart < 2
