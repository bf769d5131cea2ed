"""Small fictitious files of every kind, good and bad."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers.depot.pdf_fictif import pdf_fictif

PDF = pdf_fictif("Document fictif")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "f8ffff3f0005fe02fea7350b1c0000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\1" * 64 + b"\xff\xd9"
EXIF = bytes.fromhex("ffd8ffe1001845786966000049492a0008000000") + b"\1" * 64 + b"\xff\xd9"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8 \x0e\0\0\0" + b"\0" * 14
TIFF = b"II*\0\x08\0\0\0" + b"\0" * 40
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40
HEIC_ANDROID = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 40
CSV = "poste;montant\nÉquipement;80 000 €\n".encode()
CSV_WINDOWS = "poste;montant\nÉquipement;80 000 €\n".encode("cp1252")

EXECUTABLE = b"MZ\x90\0\x03\0\0\0" + b"\0" * 200 + b"%%EOF"
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 100
SCRIPT = b"#!/bin/sh\nrm -rf tout\n"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ANCIEN_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
WAV = b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 30
PDF_TRONQUE = PDF[: len(PDF) // 2]
PDF_CHIFFRE = PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 9 0 R")


def zip_de(**contenus: bytes | str) -> bytes:
    """An archive: `zip_de(**{"a/b.xml": b"..."})`."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in contenus.items():
            archive.writestr(nom, contenu)
    return sortie.getvalue()


def office(principal: str, **autres: bytes) -> bytes:
    """An Office document whose main part has this type."""
    types = (
        '<?xml version="1.0"?><Types><Override PartName="/principal.xml" '
        f'ContentType="application/vnd.{principal}.main+xml"/></Types>'
    )
    return zip_de(**{"[Content_Types].xml": types, "principal.xml": "<x/>", **autres})


_OOXML = "openxmlformats-officedocument"
DOCX = office(f"{_OOXML}.wordprocessingml.document")
XLSX = office(f"{_OOXML}.spreadsheetml.sheet")
PPTX = office(f"{_OOXML}.presentationml.presentation")
DOCM = office("ms-word.document.macroEnabled", **{"word/vbaProject.bin": b"\0"})
#: A macro that hides behind the type of a document without macros.
DOCX_MACRO = office(f"{_OOXML}.wordprocessingml.document", **{"word/vbaProject.bin": b"\0"})


def odf(genre: str, **autres: bytes) -> bytes:
    return zip_de(
        **{
            "mimetype": f"application/vnd.oasis.opendocument.{genre}",
            "content.xml": "<x/>",
            **autres,
        }
    )


ODT, ODS, ODP = odf("text"), odf("spreadsheet"), odf("presentation")
ODT_MACRO = odf("text", **{"Basic/Standard/Module1.xml": b"<x/>"})
ARCHIVE = zip_de(**{"devis.pdf": PDF})
ARCHIVE_ABIMEE = DOCX[:-30]


def televerse(
    nom: str = "devis.pdf", contenu: bytes = PDF, annonce: str = ""
) -> SimpleUploadedFile:
    """A file as a browser sends it; what it announces is never believed."""
    return SimpleUploadedFile(nom, contenu, annonce or "application/octet-stream")
