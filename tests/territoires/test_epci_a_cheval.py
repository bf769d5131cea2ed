"""Six EPCI lie on both sides of Occitanie's border: the commune decides, never its EPCI."""

import pytest

from territoires.models import Commune
from territoires.perimetre import codes_du_lieu, contient
from tests.territoires.petit_jeu import JOUR

#: EPCI: (communes in Occitanie, outside), one commune in, one commune out.
A_CHEVAL = {
    "200030435": ("CC d'Aire-sur-l'Adour", 10, 12, "32027", "40001"),
    "200035129": ("CC de Cèze Cévennes", 22, 1, "30037", "07294"),
    "200072106": ("CC Adour Madiran", 61, 11, "65304", "64398"),
    "246401756": ("CC Pays de Nay", 2, 27, "65176", "64417"),
    "248200016": ("CC des Deux Rives", 26, 2, "82186", "47067"),
    "248400251": ("CA du Grand Avignon (COGA)", 7, 9, "30351", "84007"),
}
OCCITANIE = ("REG-76",)

pytestmark = pytest.mark.usefixtures("reference")


def test_they_are_six_and_no_other():
    regions: dict[str, set[str]] = {}
    paires = Commune.objects.actuelles().exclude(epci=None).order_by("code")
    for epci, region in paires.values_list("epci_id", "departement__region_id"):
        regions.setdefault(epci, set()).add(region)
    assert {epci for epci, toutes in regions.items() if {"76"} < toutes} == set(A_CHEVAL)


@pytest.mark.parametrize("siren", A_CHEVAL)
def test_each_commune_is_on_its_own_side(siren):
    nom, dedans, dehors, _, _ = A_CHEVAL[siren]
    communes = Commune.objects.actuelles().filter(epci=siren).order_by("code")
    assert communes[0].epci.nom == nom
    cotes = [contient(OCCITANIE, (), codes_du_lieu(commune.code, JOUR)) for commune in communes]
    assert (cotes.count(True), cotes.count(False)) == (dedans, dehors)


@pytest.mark.parametrize("siren", A_CHEVAL)
def test_the_epci_holds_both_and_the_region_one(siren):
    *_, dedans, dehors = A_CHEVAL[siren]
    lieu_dedans, lieu_dehors = codes_du_lieu(dedans, JOUR), codes_du_lieu(dehors, JOUR)
    epci = (f"EPCI-{siren}",)
    assert contient(epci, (), lieu_dedans)
    assert contient(epci, (), lieu_dehors)
    assert contient(OCCITANIE, (), lieu_dedans)
    assert not contient(OCCITANIE, (), lieu_dehors)
    # An aid of the EPCI for its Occitan side only, and for the other side only.
    autre_region = tuple(code for code in lieu_dehors if code.startswith("REG-"))
    assert contient(epci, autre_region, lieu_dedans)
    assert not contient(epci, autre_region, lieu_dehors)
    assert contient(epci, OCCITANIE, lieu_dehors)
    assert not contient(epci, OCCITANIE, lieu_dedans)
