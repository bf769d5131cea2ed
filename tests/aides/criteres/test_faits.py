"""The vocabulary and its derived facts."""

from datetime import date

import pytest

from aides.criteres.choix import DEPENSES
from aides.criteres.faits import (
    DECLARES,
    DERIVES,
    SANS_OBJET,
    VOCABULAIRE,
    Repondant,
    Type,
    a_repondre,
    completer,
    mois_revolus,
)
from tests.aides.criteres.strategies import JOUR


def test_every_row_can_be_asked_worded_and_stored() -> None:
    assert len(VOCABULAIRE) == len(DECLARES) + len(DERIVES) + 1
    for fait in VOCABULAIRE.values():
        assert fait.libelle
        assert bool(fait.question) is (fait.repondant is not Repondant.CALCUL)
        assert bool(fait.choix) is (fait.type in (Type.CHOIX, Type.CHOIX_MULTIPLE))
        assert fait.phrases is not None or fait.type is not Type.BOOLEEN
        assert fait.phrases is None or fait.type is Type.BOOLEEN or fait.sans_objet
        assert bool(fait.sujet) is not (fait.type is Type.BOOLEEN)
        assert all(base in VOCABULAIRE for base in fait.bases)


@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "mois"),
    [
        (date(2026, 1, 15), date(2026, 2, 14), 0),
        (date(2026, 1, 15), date(2026, 2, 15), 1),
        (date(2023, 11, 21), date(2026, 11, 21), 36),
        (date(2023, 11, 22), date(2026, 11, 21), 35),
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2024, 2, 29), date(2025, 3, 1), 12),
        (date(2026, 12, 1), date(2026, 11, 21), 0),
    ],
)
def test_whole_months(depuis: date, jusqu_a: date, mois: int) -> None:
    assert mois_revolus(depuis, jusqu_a) == mois


def test_a_total_waits_for_every_line() -> None:
    depenses = dict.fromkeys(DEPENSES, 0) | {"depense_terrain": 1_000_050}
    complets = completer(depenses, JOUR)
    assert complets["depenses_total"] == complets["depenses_immobilieres"] == 1_000_050
    del depenses["depense_autre"]
    complets = completer(depenses, JOUR)
    assert "depenses_total" not in complets
    assert complets["depenses_immobilieres"] == 1_000_050
    assert a_repondre("depenses_total", complets) == {"depense_autre"}


def test_a_company_not_registered_yet_has_no_age() -> None:
    complets = completer({"date_creation": SANS_OBJET}, JOUR)
    assert complets["age_mois"] is SANS_OBJET
    assert completer({}, JOUR) == {"date_demande": JOUR}
