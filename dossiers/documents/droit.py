"""The articles of law that the documents cite, and what was read of each.

`verifie` is False for a text that was not read in its current wording: the document then says
"à confirmer" beside it.
"""

from __future__ import annotations

from typing import TypedDict

#: What the abbreviations of the citations mean: printed once in each document.
ABREVIATIONS = (
    "CRPA : code des relations entre le public et l’administration. "
    "CJA : code de justice administrative."
)


class Reference(TypedDict):
    """One citation, as the document prints it."""

    libelle: str
    verifie: bool


def _reference(libelle: str, *, verifie: bool = True) -> Reference:
    # A number stays on the line of its article.
    for mot in ("article", "articles", "paragraphe", "L231-4,"):
        libelle = libelle.replace(f"{mot} ", f"{mot}\N{NO-BREAK SPACE}")
    return {"libelle": libelle, "verifie": verifie}


#: Acknowledgement of electronic filings (not L112-3 and R112-5, which are for paper).
ACCUSE = _reference("CRPA, articles L112-11 et R112-11-1 à R112-11-4")
#: The delay runs from receipt by the first administration, even if it is not competent.
DEPART = _reference("CRPA, article L114-3")
#: Silence for two months means rejection of a financial request.
SILENCE = _reference("CRPA, article L231-4, 3°")
#: A request for what is missing stops the delay until the earlier of answer and due date.
INCOMPLETE = _reference("CRPA, articles L114-5 et R112-11-4")
MOTIVATION = _reference("CRPA, articles L211-2 et L211-5")
#: Read in the wording in force since 2016-01-01.
RECOURS_GRACIEUX = _reference("CRPA, article L411-2")
#: Read in the wording in force since 2020-01-01 (décret 2019-1502, article 7).
RECOURS_CONTENTIEUX = _reference("CJA, articles R421-1 et R421-2")
#: Read in the text adopted in 2014; the amendment of 2023 was not read again.
EFFET_INCITATIF = _reference("Règlement (UE) 651/2014, article 6, paragraphe 2")
#: Above 23 000 euros a year, a body of private law must sign an agreement.
CONVENTION = _reference(
    "Loi 2000-321 du 12 avril 2000, article 10, et décret 2001-495 du 6 juin 2001, article 1"
)
SEUIL_CONVENTION = 23000
