"""One spelling for comparing place names: no accents, no case, no punctuation, no "St"."""

import re
import unicodedata

#: NFKD leaves these ligatures whole.
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
ABREGES = {"st": "saint", "ste": "sainte"}
AUTRE_SIGNE = re.compile(r"[^a-z0-9]+")


def normaliser(texte: str) -> str:
    """Return `texte` as lowercase ASCII words separated by one space.

    "St-Lizier", "SAINT LIZIER" and "Saint‑Lizier" give "saint lizier"; "L'Isle-d'Abeau"
    gives "l isle d abeau".
    """
    decompose = unicodedata.normalize("NFKD", texte.lower().translate(LIGATURES))
    sans_accent = "".join(signe for signe in decompose if not unicodedata.combining(signe))
    mots = AUTRE_SIGNE.sub(" ", sans_accent).split()
    return " ".join(ABREGES.get(mot, mot) for mot in mots)
