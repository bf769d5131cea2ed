"""The rehearsal: who would gain, who would lose, without writing anything."""

from __future__ import annotations

from datetime import date

import pytest

from aides.criteres.evaluation import Issue
from dossiers.rapprochement.inverse.effets import Sens, critere_de
from dossiers.rapprochement.repetition import nombre_correspondants, repetition
from tests.dossiers.rapprochement.stockes import stocker
from tests.fabriques import CommuneFabrique, DossierFabrique, VersionAideFabrique

pytestmark = pytest.mark.django_db
LE = date(2026, 11, 22)


def effectif(plafond: str) -> dict[str, str]:
    return {
        "type": "comparaison",
        "fait": "effectif",
        "operateur": "<=",
        "valeur": plafond,
        "source": "reglement",
    }


@pytest.fixture
def communes():
    return CommuneFabrique(), CommuneFabrique()


@pytest.fixture
def dossiers(communes):
    """Three dossiers of 12.5, 40 and an unsaid number of jobs, the last two elsewhere."""

    ici, ailleurs = communes
    return [stocker(ici), stocker(ailleurs, effectif="40"), stocker(ailleurs, effectif=None)]


def test_new_aide_says_who_gains_and_where(dossiers, communes):
    apres = VersionAideFabrique.build(criteres=effectif("30"))

    faite = repetition(apres, None, LE)

    assert faite.examines == 3
    assert (faite.total.gagnes.dossiers, faite.total.gagnes.entreprises) == (1, 1)
    assert faite.total.perdus.dossiers == 0
    # No headcount given: from "non éligible" to "à compléter".
    assert faite.total.autres.dossiers == 1
    codes = {f"EPCI-{commune.epci.siren}" for commune in communes}
    assert {bilan.code for bilan in faite.territoires} == codes
    assert faite.territoires[0].gagnes.dossiers == 1
    gagne, autre = faite.exemples
    assert (gagne.avant, gagne.apres) == (Issue.NON_ELIGIBLE, Issue.ELIGIBLE)
    assert gagne.preuve_avant is None
    assert gagne.preuve_apres["verdict"] == "oui"
    assert (autre.sens, autre.apres) == (Sens.AUTRE, Issue.A_COMPLETER)


def test_change_says_who_loses(dossiers):
    avant = VersionAideFabrique(criteres=effectif("50"))
    apres = VersionAideFabrique.build(criteres=effectif("30"))

    faite = repetition(apres, avant, LE)

    assert (faite.total.gagnes.dossiers, faite.total.perdus.dossiers) == (0, 1)
    assert faite.exemples[0].preuve_avant["verdict"] == "oui"
    assert faite.exemples[0].preuve_apres["verdict"] == "non"


def test_closing_takes_the_aide_from_all_who_had_it(dossiers):
    avant = VersionAideFabrique(criteres=effectif("50"))

    assert repetition(None, avant, LE).total.perdus.dossiers == 2


def test_same_criteria_change_nothing(dossiers):
    version = VersionAideFabrique(criteres=effectif("50"))

    assert repetition(version, version, LE).sans_effet


def test_live_number(dossiers):
    critere = critere_de(VersionAideFabrique.build(criteres=effectif("30")))

    trouves = nombre_correspondants(critere, LE)

    assert trouves.nombre == 1
    assert trouves.par_issue[Issue.NON_ELIGIBLE] == 1
    assert trouves.total == 3


def test_a_company_counts_once_even_in_two_places(communes):
    ici, ailleurs = communes
    une = stocker(ici)
    autre = DossierFabrique(entreprise=une.dossier.entreprise, faits=une.dossier.faits, depose=True)
    autre.faits["commune_projet"] = {"valeur": ailleurs.code}
    autre.save()
    stocker(dossier=autre)

    faite = repetition(VersionAideFabrique.build(criteres=effectif("30")), None, LE)

    assert (faite.total.gagnes.dossiers, faite.total.gagnes.entreprises) == (2, 1)
    assert [b.gagnes.entreprises for b in faite.territoires] == [1, 1]


def test_an_example_names_no_company(dossiers):
    faite = repetition(VersionAideFabrique.build(criteres=effectif("30")), None, LE)

    assert dossiers[0].dossier.entreprise.nom not in str(faite.exemples)
    assert dossiers[0].dossier.entreprise.siren not in str(faite.exemples)


@pytest.mark.parametrize("nombre", [1, 6])
def test_the_numbers_are_one_query_whatever_the_dossiers(
    nombre, communes, django_assert_num_queries
):
    for _ in range(nombre):
        stocker(communes[0])
    apres = VersionAideFabrique.build(criteres=effectif("30"))
    with django_assert_num_queries(3):
        assert nombre_correspondants(critere_de(apres), LE).nombre == nombre
    # Zones, changes by EPCI, names of the EPCI, dossiers; no list of examples.
    with django_assert_num_queries(4):
        assert repetition(apres, None, LE, exemples=0).total.gagnes.dossiers == nombre
