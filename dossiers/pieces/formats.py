"""What a file is, by its content: neither its name nor what its sender announces is believed."""

from __future__ import annotations

import codecs
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

#: Bytes read to recognise a file, at its start and at its end.
DEBUT, FIN = 4096, 65536
#: A description of a document inside an archive is a few hundred bytes; more is a trap.
DESCRIPTION_MAXIMUM = 1024 * 1024


class FormatRefuse(ValueError):
    """A file that cannot be taken; the message is French, and says what to do."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is taken: `extensions` without dot, the usual one first."""

    mime: str
    libelle: str
    extensions: tuple[str, ...]
    #: Whether browsers show it in a page.
    en_page: bool = False


PDF = Format("application/pdf", "PDF", ("pdf",), en_page=True)
JPEG = Format("image/jpeg", "photo JPEG", ("jpg", "jpeg", "jpe", "jfif"), en_page=True)
PNG = Format("image/png", "image PNG", ("png",), en_page=True)
WEBP = Format("image/webp", "image WebP", ("webp",), en_page=True)
TIFF = Format("image/tiff", "image TIFF", ("tif", "tiff"))
HEIC = Format("image/heic", "photo HEIC", ("heic", "heif"))
TEXTE = Format("text/plain", "texte", ("txt", "csv"))
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
DOCX = Format(f"{_OOXML}.wordprocessingml.document", "document Word", ("docx",))
XLSX = Format(f"{_OOXML}.spreadsheetml.sheet", "tableur Excel", ("xlsx",))
PPTX = Format(f"{_OOXML}.presentationml.presentation", "présentation PowerPoint", ("pptx",))
ODT = Format(f"{_ODF}.text", "document texte OpenDocument", ("odt",))
ODS = Format(f"{_ODF}.spreadsheet", "tableur OpenDocument", ("ods",))
ODP = Format(f"{_ODF}.presentation", "présentation OpenDocument", ("odp",))

BUREAUTIQUE = (DOCX, XLSX, PPTX, ODT, ODS, ODP)
FORMATS = {f.mime: f for f in (PDF, JPEG, PNG, WEBP, TIFF, HEIC, TEXTE, *BUREAUTIQUE)}
EXTENSIONS = frozenset(ext for f in FORMATS.values() for ext in f.extensions)
#: In words, for the page and for refusals.
ACCEPTES = "PDF, photos (JPEG, PNG, HEIC, WebP, TIFF), Word, Excel, PowerPoint, OpenDocument, CSV"

_PAR_EXTENSION = {ext: f for f in (PDF, JPEG, PNG, WEBP, TIFF) for ext in f.extensions}
#: Brands of the ISO container that telephones give to a HEIC photo.
_MARQUES_HEIC = (b"heic", b"heix", b"heim", b"heis", b"mif1")
_PROGRAMMES = (
    b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe", b"L\0\0\0\x01\x14\x02\0",
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BALISES = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<?php", b"<body", b"<iframe")
_CONTROLES = bytes(set(range(32)) - set(b"\t\n\r\f")) + b"\x7f"


def reconnaitre(fichier: BinaryIO, extension: str) -> Format:
    """The format of a seekable file, left anywhere. Raises FormatRefuse.

    `extension` (without dot) only serves texts, which nothing in the content signs.
    """
    fichier.seek(0)
    debut = fichier.read(DEBUT)
    if not debut:
        raise FormatRefuse("Ce fichier est vide (0 octet) : enregistrez-le de nouveau.")
    trouve = _signe(debut)
    if trouve is PDF:
        _verifier_pdf(fichier)
    if trouve is not None:
        return trouve
    if debut.startswith(b"PK\x03\x04"):
        return _archive(fichier)
    _refuser_connus(debut)
    if extension in TEXTE.extensions and _est_texte(fichier):
        return TEXTE
    raise FormatRefuse(
        f"Ce fichier n’est pas d’un format accepté ({ACCEPTES}). Enregistrez-le en PDF."
    )


def _signe(debut: bytes) -> Format | None:
    """A format that signs the first bytes of its files."""
    if debut[4:8] == b"ftyp" and debut[8:12] in _MARQUES_HEIC:
        return HEIC
    try:
        candidats = puremagic.magic_string(debut)
    except puremagic.PureError:
        return None
    # A signature found elsewhere than at the very start proves nothing.
    signes = [c for c in candidats if debut.startswith(c.byte_match)]
    plus_sur = max((c.confidence for c in signes), default=0)
    surs = (c.extension.lstrip(".") for c in signes if c.confidence == plus_sur)
    return next((_PAR_EXTENSION[ext] for ext in surs if ext in _PAR_EXTENSION), None)


def _verifier_pdf(fichier: BinaryIO) -> None:
    if b"%%EOF" not in _fin(fichier):
        raise FormatRefuse(
            "Ce PDF est incomplet : il s’est abîmé en route ou à l’enregistrement. Vérifiez qu’il "
            "s’ouvre chez vous, enregistrez-le de nouveau, puis ajoutez-le."
        )


def est_chiffre(fichier: BinaryIO) -> bool:
    """Whether a PDF says that it is protected: it may ask for a password, or only forbid
    printing (bank statements do), which nothing short of opening it can tell.
    """
    return b"/Encrypt" in _fin(fichier)


def _fin(fichier: BinaryIO) -> bytes:
    taille = fichier.seek(0, 2)
    fichier.seek(max(0, taille - FIN))
    return fichier.read(FIN)


def _refuser_connus(debut: bytes) -> None:
    """Say what a file is when it is one of those that people often send."""
    if debut.startswith(_PROGRAMMES):
        raise FormatRefuse("Ce fichier est un programme, pas un document : il n’est pas accepté.")
    if debut.startswith(_OLE):
        raise FormatRefuse(
            "Ce fichier est d’un ancien format de Word ou d’Excel, ou protégé par un mot de "
            "passe. Enregistrez-le en PDF, en .docx ou en .xlsx, sans mot de passe."
        )
    if debut.startswith((b"PK", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")):
        raise FormatRefuse("Ce fichier est une archive : ajoutez les documents un par un.")
    if any(balise in debut.lower() for balise in _BALISES):
        raise FormatRefuse("Ce fichier est une page web ou un dessin SVG : enregistrez-le en PDF.")


def _est_texte(fichier: BinaryIO) -> bool:
    """Whether all of a file is text: UTF-8 or Windows-1252, no control character."""
    fichier.seek(0)
    utf8 = codecs.getincrementaldecoder("utf-8")()
    lisible = True
    while morceau := fichier.read(DESCRIPTION_MAXIMUM):
        if morceau.translate(None, _CONTROLES) != morceau:
            return False
        try:
            utf8.decode(morceau)
        except UnicodeDecodeError:
            lisible = False
        if not lisible and morceau.translate(None, b"\x81\x8d\x8f\x90\x9d") != morceau:
            return False
    return True


# ------------------------------------------------------------------ office documents


def _archive(fichier: BinaryIO) -> Format:
    """The office document inside a ZIP archive, without macros. Raises FormatRefuse."""
    try:
        with zipfile.ZipFile(fichier) as archive:
            trouve = _document(archive)
            macros = any(map(_est_macro, archive.namelist()))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as abime:
        raise FormatRefuse(
            "Ce fichier est abîmé ou incomplet : enregistrez-le de nouveau, puis ajoutez-le."
        ) from abime
    if macros:
        raise FormatRefuse(
            "Ce document contient des macros, c’est-à-dire un programme. Enregistrez-le en PDF, "
            "ou sans macros (.docx, .xlsx, .odt, .ods)."
        )
    if trouve is None:
        raise FormatRefuse("Ce fichier est une archive : ajoutez les documents un par un.")
    return trouve


def _document(archive: zipfile.ZipFile) -> Format | None:
    declares = b"".join(_lire(archive, nom) for nom in ("mimetype", "[Content_Types].xml"))
    for trouve in BUREAUTIQUE:
        mime = trouve.mime.encode()
        if declares.strip() == mime or mime + b".main+xml" in declares:
            return trouve
    return None


def _lire(archive: zipfile.ZipFile, nom: str) -> bytes:
    if nom not in archive.namelist():
        return b""
    with archive.open(nom) as entree:
        return entree.read(DESCRIPTION_MAXIMUM)


def _est_macro(nom: str) -> bool:
    """vbaProject.bin and the like in Office, the folders of scripts in OpenDocument."""
    morceaux = nom.lower().split("/")
    return morceaux[0] in ("basic", "scripts") or morceaux[-1].startswith("vba")
