"""GET /api/v1/depots/: what the companies of an account filed, page by page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.dossiers.depot.api.conftest import DEPOTS, erreurs, lignes_en_base, muni
from tests.fabriques import DemandeFabrique, DossierFabrique, MembreFabrique, VersionDossierFabrique


def deposes(entreprise, nombre):
    versions = VersionDossierFabrique.create_batch(nombre, dossier__entreprise=entreprise)
    for version in versions:
        DemandeFabrique(version_dossier=version, ouverte=True)
    return [version.dossier for version in versions]


def test_the_last_one_first_and_only_what_is_filed_by_ones_companies(machine, entreprise):
    anciens = deposes(entreprise, 3)
    DossierFabrique(entreprise=entreprise)
    deposes(MembreFabrique().entreprise, 1)
    avant = lignes_en_base()
    lus = machine.get(DEPOTS)
    assert [d["numero"] for d in lus.json()["resultats"]] == [d.numero for d in reversed(anciens)]
    assert lus["Cache-Control"] == "no-store"
    assert lignes_en_base() == avant


def test_page_by_page(machine, entreprise):
    anciens = deposes(entreprise, 5)
    adresse, lus = f"{DEPOTS}?taille=2", []
    while adresse:
        page = machine.get(adresse).json()
        assert len(page["resultats"]) <= 2
        lus += [depot["numero"] for depot in page["resultats"]]
        adresse = page["suivante"]
    assert lus == [dossier.numero for dossier in reversed(anciens)]


def test_the_cost_is_the_same_whatever_the_number(machine, entreprise):
    couts = []
    for nombre in (1, 6):
        deposes(entreprise, nombre)
        with CaptureQueriesContext(connection) as requetes:
            machine.get(DEPOTS)
        couts.append(len([r for r in requetes if "cache_django" not in r["sql"]]))
    # The token and its account; a savepoint of the rhythm; the page; demandes, handings over,
    # journal, what is out of order, versions.
    assert couts[0] == couts[1] == 10


@pytest.mark.parametrize(
    ("parametres", "champ"),
    [("?taille=0", "taille"), ("?curseur=abc", "curseur"), ("?siret=1", "siret"),
     ("?format=csv", "format")],
)  # fmt: skip
def test_parameters_are_checked(machine, parametres, champ):
    assert champ in erreurs(machine.get(DEPOTS + parametres))


def test_a_stranger_reads_nothing(db, programme):
    assert APIClient().get(DEPOTS).status_code == 401
    ecrivain = muni(programme, "depots:ecrire")
    assert ecrivain.get(DEPOTS).status_code == 403
    assert muni(programme, "depots:lire").get(DEPOTS).status_code == 200
