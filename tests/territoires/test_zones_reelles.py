"""Real zonings, whose files may not enter the repository: read beside it when they are there."""

import io
from datetime import date

import pytest
from django.core.management import call_command

from portal.services_embarques.chemins import PROJET
from territoires.models import AppartenanceZone
from territoires.perimetre import codes_du_lieu
from territoires.zones import zones_chargees

DONNEES = PROJET.parent / "shared" / "donnees" / "territoires"
pytestmark = [
    pytest.mark.usefixtures("reference"),
    pytest.mark.skipif(not DONNEES.is_dir(), reason="../shared/donnees/territoires est absent"),
]


def importer(code, fichier, *options):
    call_command("importer_zone", code, str(DONNEES / fichier), *options, stdout=io.StringIO())


def test_zrr_of_2022():
    importer(
        *("ZRR", "zrr_2022.csv", "--source=Classement ZRR, 9 novembre 2022", "--du=2022-11-09"),
        *("--colonne-statut=statut", "--dedans=C", "--partiel=PC", "--dehors=NC"),
    )
    assert AppartenanceZone.objects.count() == 34_965
    le = date(2023, 1, 1)
    assert zones_chargees(date(2022, 11, 8)) == set()
    assert "ZONE-ZRR" in codes_du_lieu("09261", le)
    assert not any("ZRR" in code for code in codes_du_lieu("31555", le))
    partielle = AppartenanceZone.objects.filter(statut="partiel").order_by("code_commune")[0]
    assert "ZONE-PARTIELLE-ZRR" in codes_du_lieu(partielle.code_commune, le)


def test_territoires_d_industrie_of_2020():
    importer(
        *("TI", "territoires_industrie_2020_communes.csv", "--nom=Territoires d’industrie"),
        *("--source=Territoires d’industrie, octobre 2020", "--du=2018-11-22", "--au=2022-12-31"),
    )
    assert AppartenanceZone.objects.count() == 15_697
    assert "ZONE-TI" in codes_du_lieu("07010", date(2022, 12, 31))
    assert "ZONE-TI" not in codes_du_lieu("31555", date(2022, 12, 31))
    assert "ZONE-TI" not in codes_du_lieu("07010", date(2023, 1, 1))
