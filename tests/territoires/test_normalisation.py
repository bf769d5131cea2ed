import pytest

from territoires.normalisation import normaliser


@pytest.mark.parametrize(
    ("tape", "attendu"),
    [
        ("Toulouse", "toulouse"),
        ("SAINT-LYS", "saint lys"),
        ("St Lys", "saint lys"),
        ("Ste-Foy", "sainte foy"),
        ("St. Lys", "saint lys"),
        ("  Sète ", "sete"),
        ("L'Isle-Jourdain", "l isle jourdain"),
        ("L’Isle‑Jourdain", "l isle jourdain"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("Château-Chinon (Ville)", "chateau chinon ville"),
        ("Stains", "stains"),
        ("--'", ""),
    ],
)
def test_one_spelling_for_each_name(tape, attendu):
    assert normaliser(tape) == attendu


def test_normalising_twice_changes_nothing():
    assert normaliser(normaliser("Île-d'Aix, Ste-Œuvre")) == normaliser("Île-d'Aix, Ste-Œuvre")
