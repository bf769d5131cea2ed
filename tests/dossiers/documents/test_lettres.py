"""Amounts in words, in the spelling of French letters."""

from decimal import Decimal

import pytest

from dossiers.documents.lettres import montant_en_lettres


@pytest.mark.parametrize(
    ("montant", "lettres"),
    [
        ("0.05", "cinq centimes"),
        ("1", "un euro"),
        ("17", "dix-sept euros"),
        ("21.01", "vingt et un euros et un centime"),
        ("71", "soixante et onze euros"),
        ("80", "quatre-vingts euros"),
        ("81", "quatre-vingt-un euros"),
        ("91", "quatre-vingt-onze euros"),
        ("100", "cent euros"),
        ("201", "deux cent un euros"),
        ("300", "trois cents euros"),
        ("1000", "mille euros"),
        ("13500.50", "treize mille cinq cents euros et cinquante centimes"),
        ("80000", "quatre-vingt mille euros"),
        ("200000", "deux cent mille euros"),
        ("1000000", "un million d’euros"),
        ("2000001", "deux millions un euros"),
        ("1000000000", "un milliard d’euros"),
    ],
)
def test_an_amount_is_spelt_out(montant, lettres):
    assert montant_en_lettres(Decimal(montant)) == lettres
