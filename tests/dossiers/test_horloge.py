from datetime import UTC, date, datetime

import pytest

from dossiers.horloge import Suspension, echeance


@pytest.mark.parametrize(
    ("depot", "attendue"),
    [
        (datetime(2026, 11, 21, 12, tzinfo=UTC), date(2027, 1, 21)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), date(2027, 2, 28)),
        (datetime(2027, 12, 30, 12, tzinfo=UTC), date(2028, 2, 29)),
        # Half past eleven in the evening, universal time, is the next day in Paris.
        (datetime(2026, 11, 21, 23, 30, tzinfo=UTC), date(2027, 1, 22)),
    ],
)
def test_two_months_from_date_to_date_in_paris(depot, attendue):
    assert echeance(depot) == attendue


def test_what_was_suspended_is_given_back_and_never_taken():
    depot = datetime(2026, 11, 21, 12, tzinfo=UTC)
    dix_jours = Suspension(date(2026, 12, 1), date(2026, 12, 11))
    le_jour_meme = Suspension(date(2026, 12, 20), date(2026, 12, 20))
    a_l_envers = Suspension(date(2026, 12, 20), date(2026, 12, 1))
    assert echeance(depot, [dix_jours]) == date(2027, 1, 31)
    assert echeance(depot, [dix_jours, le_jour_meme, a_l_envers]) == date(2027, 1, 31)
