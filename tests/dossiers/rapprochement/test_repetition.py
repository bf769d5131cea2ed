"""The rehearsal: who would gain, who would lose, without writing anything."""

from __future__ import annotations

from datetime import date

import pytest

from aides.criteres.evaluation import Issue
from dossiers.rapprochement.inverse.effets import Sens, critere_de
from dossiers.rapprochement.repetition import nombre_correspondants, repetition
from tests.fabriques import FAITS, CommuneFabrique, VersionAideFabrique, declare
from tests.fabriques import VersionDossierFabrique as Version

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

    def deposer(commune, **faits):
        dits = {**FAITS, "commune_projet": commune.code, **faits}
        restants = {code: declare(valeur) for code, valeur in dits.items() if valeur is not None}
        return Version(dossier__depose=True, dossier__faits=restants)

    ici, ailleurs = communes
    return [deposer(ici), deposer(ailleurs, effectif="40"), deposer(ailleurs, effectif=None)]


def test_new_aide_says_who_gains_and_where(dossiers, communes):
    apres = VersionAideFabrique.build(criteres=effectif("30"))

    faite = repetition(apres, None, LE)

    assert faite.examines == 3
    assert (faite.total.gagnes.dossiers, faite.total.gagnes.entreprises) == (1, 1)
    assert faite.total.perdus.dossiers == 0
    # No headcount given: from "non éligible" to "à compléter".
    assert faite.total.autres.dossiers == 1
    assert [b.code for b in faite.territoires] == [f"EPCI-{c.epci.siren}" for c in communes]
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
