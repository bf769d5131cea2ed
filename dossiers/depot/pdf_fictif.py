"""A one-page PDF that says that it is fictitious: for the demonstration, without any library."""

from __future__ import annotations

POLICE = b"<</Font<</F1 5 0 R>>>>"


def pdf_fictif(*lignes: str) -> bytes:
    """A PDF of these lines (Latin-1), in the letters that every reader has."""
    textes = b"".join(b"(%s) Tj T*\n" % _litteral(ligne) for ligne in lignes)
    contenu = b"BT /F1 20 Tf 30 TL 60 760 Td\n%sET" % textes
    objets = (
        b"<</Type/Catalog/Pages 2 0 R/Lang(fr)>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources %s>>" % POLICE,
        b"<</Length %d>>stream\n%s\nendstream" % (len(contenu), contenu),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    pdf, places = b"%PDF-1.4\n", []
    for rang, objet in enumerate(objets, start=1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (rang, objet)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return pdf + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objets) + 1, table, len(objets) + 1, len(pdf))
    )


def _litteral(ligne: str) -> bytes:
    """A string of PDF: parentheses and backslashes escaped."""
    echappes = ligne.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return echappes.encode("cp1252", "replace")
