"""A territory against périmètres and exclusions: the same as looking at every commune."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aides.emprise import Emprise
from aides.filtres import communes_de
from territoires.models import Commune
from territoires.perimetre import FRANCE, contient

#: Around the border of Occitanie: the Gard, the Vaucluse, an EPCI across both.
CODES = [
    FRANCE, "REG-76", "REG-93", "REG-84", "DEP-30", "DEP-84", "EPCI-248400251", "EPCI-200035129",
    "COM-30351", "COM-84007", "COM-30189", "COM-07294",
]  # fmt: skip
codes = st.frozensets(st.sampled_from(CODES), max_size=4)


@pytest.fixture
def lieux(reference):
    """The codes of each commune, by commune."""
    lignes = Commune.objects.actuelles().order_by("code").values_list(
        "code", "epci_id", "departement_id", "departement__region_id"
    )  # fmt: skip
    return {
        code: frozenset(
            {FRANCE, f"COM-{code}", f"EPCI-{epci}", f"DEP-{departement}", f"REG-{region}"}
        )
        for code, epci, departement, region in lignes
    }


@given(st.sampled_from(CODES[1:]), codes, codes)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_the_same_as_looking_at_every_commune(lieux, territoire, perimetre, exclusions):
    communes = communes_de(territoire)
    emprise = Emprise.de(communes, [c for c in CODES if c.startswith("COM-")])
    dedans = [lieux[code] for code in communes.order_by("code").values_list("code", flat=True)]
    assert emprise.reste(perimetre, exclusions) == any(
        contient(perimetre, exclusions, lieu) for lieu in dedans
    )
    assert bool(emprise.codes & perimetre) == any(contient(perimetre, (), lieu) for lieu in dedans)


def test_every_commune_excluded_one_by_one_leaves_nothing(reference):
    communes = communes_de("EPCI-200035129")
    toutes = [f"COM-{code}" for code in communes.order_by("code").values_list("code", flat=True)]
    emprise = Emprise.de(communes, toutes)
    assert not emprise.reste({"EPCI-200035129"}, toutes)
    assert emprise.reste({"EPCI-200035129"}, toutes[1:])
    assert not emprise.reste({"REG-93"}, [])
