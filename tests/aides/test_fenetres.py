"""`relever_fenetres`: an aide that opens or closes by its date leaves a row on that day, once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from aides.actes import relever_fenetres
from aides.conditions import conditions
from aides.fenetres import bascules
from aides.models import Publication
from portal.socle.models import Evenement
from tests.fabriques import VersionAideFabrique

pytestmark = pytest.mark.django_db
OUVERTURE, CLOTURE = date(2026, 11, 22), date(2026, 12, 31)
PUBLIEE = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def version():
    return VersionAideFabrique(ouverture=OUVERTURE, cloture=CLOTURE, publiee_le=PUBLIEE)


def jours():
    return list(Publication.objects.order_by("jour").values_list("jour", flat=True))


def test_an_opening_leaves_a_row_on_its_day_and_no_other(version):
    assert relever_fenetres(le=OUVERTURE - timedelta(days=1)) == 0
    assert relever_fenetres(le=OUVERTURE) == 1
    assert relever_fenetres(le=OUVERTURE) == 0
    publication = Publication.objects.get()
    assert (publication.motif, publication.jour) == ("fenetre", OUVERTURE)
    assert publication.avant == publication.apres == version
    assert Evenement.objects.get(verbe="fenetre_relevee").objet_id == str(publication.pk)


def test_a_closing_counts_from_the_day_after_the_last(version):
    relever_fenetres(le=CLOTURE)
    assert jours() == []
    relever_fenetres(le=CLOTURE + timedelta(days=1))
    assert jours() == [CLOTURE + timedelta(days=1)]


def test_the_days_on_which_nothing_ran_are_caught_up(version):
    assert relever_fenetres(le=OUVERTURE + timedelta(days=12)) == 1
    assert jours() == [OUVERTURE]


def test_what_was_so_when_it_was_published_is_no_news():
    VersionAideFabrique(ouverture=OUVERTURE, publiee_le=datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert relever_fenetres(le=OUVERTURE) == 0


def test_a_closed_aide_and_one_that_cannot_be_read_are_left_alone(version, caplog):
    VersionAideFabrique(ouverture=OUVERTURE, publiee_le=PUBLIEE, statut="close")
    VersionAideFabrique(ouverture=OUVERTURE, publiee_le=PUBLIEE, criteres={"type": "rien"})
    relever_fenetres(le=OUVERTURE)
    assert Publication.objects.get().apres == version
    assert "type de critère inconnu" in caplog.text


def test_a_yearly_window_opens_and_closes_every_year():
    annuelle = {
        "type": "fenetre_annuelle",
        "fait": "date_demande",
        "debut": "11-15",
        "fin": "01-31",
        "source": "reglement",
    }
    critere = conditions(VersionAideFabrique.build(criteres={"type": "non", "critere": annuelle}))
    assert bascules(critere, date(2026, 1, 1), date(2027, 12, 31)) == [
        date(2026, 2, 1),
        date(2026, 11, 15),
        date(2027, 2, 1),
        date(2027, 11, 15),
    ]
