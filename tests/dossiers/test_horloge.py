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


def test_a_suspension_after_the_delay_has_run_out_revives_nothing():
    """CRPA, article L231-4: the rejection is there; L114-5 suspends a delay that still runs."""
    depot = datetime(2026, 11, 21, 12, tzinfo=UTC)
    trop_tard = Suspension(date(2027, 1, 22), date(2027, 2, 10))
    assert echeance(depot, [trop_tard]) == date(2027, 1, 21)
    le_dernier_jour = Suspension(date(2027, 1, 21), date(2027, 1, 31))
    assert echeance(depot, [le_dernier_jour]) == date(2027, 1, 31)
    # Given back by a first one, the delay still runs when the second starts.
    avant = Suspension(date(2027, 1, 10), date(2027, 1, 20))
    assert echeance(depot, [trop_tard, avant]) == date(2027, 2, 19)
