"""One spelling for comparing place names: no accents, no case, no punctuation, no "St"."""

import re
import unicodedata

#: Those that people and word processors write for "'".
APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u2032\u00b4`", "'"))
#: NFKD leaves these ligatures whole.
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
ABREGES = {"st": "saint", "ste": "sainte"}
AUTRE_SIGNE = re.compile(r"[^a-z0-9]+")


def sans_accents(texte: str) -> str:
    """Return `texte` in lower case, without accents nor ligatures: "Œuvre d’été" gives
    "oeuvre d’ete"."""
    decompose = unicodedata.normalize("NFKD", texte.lower().translate(LIGATURES))
    return "".join(signe for signe in decompose if not unicodedata.combining(signe))


def droites(texte: str) -> str:
    """Return `texte` with every apostrophe straight: PostgreSQL cuts words there, and takes the
    others for letters in some locales."""
    return texte.translate(APOSTROPHES)


def normaliser(texte: str) -> str:
    """Return `texte` as lowercase ASCII words separated by one space.

    "St-Lizier", "SAINT LIZIER" and "Saint‑Lizier" give "saint lizier"; "L'Isle-d'Abeau"
    gives "l isle d abeau".
    """
    mots = AUTRE_SIGNE.sub(" ", sans_accents(texte)).split()
    return " ".join(ABREGES.get(mot, mot) for mot in mots)
