from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dossiers.horloge import deposees_avant, echeance


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


@given(
    depot=st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    jours=st.integers(-5, 5),
)
def test_the_instant_of_a_due_date_cuts_exactly(depot, jours):
    limite = echeance(depot) + timedelta(days=jours)
    assert (depot < deposees_avant(limite)) == (echeance(depot) < limite)
    assert timezone.localtime(deposees_avant(limite)).hour == 0
