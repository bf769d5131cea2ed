"""What the bench runs on PostgreSQL, small: the same rows on both sides, the page that counts."""

import pytest

from bench import inverse, lieux, page, table
from dossiers.rapprochement.models import FaitsDossier


@pytest.mark.django_db(transaction=True)
def test_the_tree_and_the_hand_find_the_same_dossiers_and_indexes_stay():
    avant = table._index()
    for total in (500, 4_000):
        table.remplir(total)
        assert FaitsDossier.objects.count() == total
        trouves = [inverse._verifier(aide) for aide in inverse.AIDES]
    assert sorted(table._index()) == sorted(avant)
    assert all(trouves[:3])


@pytest.mark.django_db
def test_the_page_is_read_for_two_sizes_of_catalogue(monkeypatch):
    monkeypatch.setattr(lieux, "COMMUNES", lieux.EPCI)
    for nom, valeur in (("PETIT", 3), ("GRAND", 6), ("TOURS", 1)):
        monkeypatch.setattr(page, nom, valeur)
    temps, requetes = page.mesurer(lambda etape: None)
    assert temps.nom == "page_3000"
    assert temps.rapport > 0
    assert requetes.rapport == 1
