"""Hierarchical codes at every level."""

import pytest

from aides.criteres.codes import est_niveau_forme, est_niveau_naf, section_naf, sous


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("01.11Z", "A"),
        ("05.10Z", "B"),
        ("10.11Z", "C"),
        ("33.20D", "C"),
        ("35.11Z", "D"),
        ("47.11F", "G"),
        ("99.00Z", "U"),
        ("34.10Z", ""),
        ("00.00Z", ""),
    ],
)
def test_the_section_of_a_code(code: str, section: str) -> None:
    assert section_naf(code) == section


@pytest.mark.parametrize("code", ["C", "10", "10.1", "10.11", "10.11Z"])
def test_levels_of_naf(code: str) -> None:
    assert est_niveau_naf(code)
    assert sous("10.11Z", [code])
    assert not sous("62.01Z", [code])


@pytest.mark.parametrize("code", ["", "V", "c", "1", "1O", "34", "10.", "1011Z", "10.11z", "10\n"])
def test_what_is_not_a_level_of_naf(code: str) -> None:
    assert not est_niveau_naf(code)


def test_levels_of_legal_forms() -> None:
    assert all(est_niveau_forme(code) for code in ("5", "57", "571", "5710"))
    assert not any(est_niveau_forme(code) for code in ("", "0", "57100", "5A", "٣"))
    assert sous("5710", ["57"])
    assert not sous("5710", ["71"])
