"""What the OpenAPI document says of deposits, and its examples, which work as they are."""

import json
from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient

from portal.services_embarques.chemins import PROJET
from tests.dossiers.depot.api.conftest import DEPOTS, muni
from tests.fabriques import EntrepriseFabrique, MembreFabrique


@pytest.fixture(scope="module")
def document():
    sortie = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=sortie)
    return yaml.safe_load(sortie.getvalue())


def test_each_address_says_who_may_call_it_and_what_it_refuses(document):
    depots = document["paths"][DEPOTS]
    assert depots["post"]["security"] == [{"jeton": ["depots:ecrire"]}, {"session": []}]
    assert depots["get"]["security"] == [{"jeton": ["depots:lire"]}, {"session": []}]
    assert set(depots["post"]["responses"]) == {
        "201", "400", "401", "403", "405", "406", "409", "411", "413", "415", "422", "429",
    }  # fmt: skip
    entetes = depots["post"]["responses"]["201"]["headers"]
    assert set(entetes) == {"Idempotency-Replayed", "Location"}
    (cle,) = [p for p in depots["post"]["parameters"] if p["name"] == "Idempotency-Key"]
    assert (cle["in"], cle["required"]) == ("header", True)
    schemas = document["components"]["securitySchemes"]
    flux = schemas["jeton"]["flows"]["clientCredentials"]
    assert set(flux["scopes"]) == {"depots:ecrire", "depots:lire"}
    assert APIClient().post(flux["tokenUrl"], {}, format="multipart").json()["error"]
    assert document["paths"]["/api/v1/aides/"]["get"].get("security", [{}]) == [{}]


def test_the_guide_sends_the_first_example(document):
    guide = (PROJET / "docs" / "guides" / "api.md").read_text()
    envoye = json.loads(guide.split("-d '{\n", 1)[1].split("\n}'", 1)[0].join("{}"))
    contenu = document["paths"][DEPOTS]["post"]["requestBody"]["content"]["application/json"]
    assert envoye == next(iter(contenu["examples"].values()))["value"]


def test_the_examples_work_as_they_are(document, reference, programme, gerante):
    call_command("charger_referentiel", stdout=StringIO(), stderr=StringIO())
    exemples = document["paths"][DEPOTS]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ].values()
    assert len(exemples) == 2
    numero = next(iter(exemples))["value"]["siret"]
    entreprise = EntrepriseFabrique(siren=numero[:9], siret=numero)
    MembreFabrique(entreprise=entreprise, user=gerante)
    machine = muni(programme)
    for rang, exemple in enumerate(exemples):
        reponse = machine.post(DEPOTS, exemple["value"], HTTP_IDEMPOTENCY_KEY=f'"cle-{rang}"')
        assert reponse.status_code == 201, reponse.content
        assert reponse.json()["demandes"]
        if exemple["value"]["aides"] != "eligibles":
            codes = [demande["aide"] for demande in reponse.json()["demandes"]]
            assert codes == exemple["value"]["aides"]
