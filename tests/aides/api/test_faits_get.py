"""GET /api/v1/faits/: the vocabulary that simulations speak."""

import json
from io import StringIO

from django.core.management import call_command

from tests.aides.api.outils import refus

FAITS = "/api/v1/faits/"


def test_it_says_what_the_command_says(client, db):
    sortie = StringIO()
    call_command("faits", format="json", stdout=sortie)
    assert client.get(FAITS).json() == json.loads(sortie.getvalue())


def test_it_is_not_sent_twice(client, db):
    etiquette = client.get(FAITS)["ETag"]
    seconde = client.get(FAITS, HTTP_IF_NONE_MATCH=etiquette)
    assert (seconde.status_code, seconde["ETag"], seconde.content) == (304, etiquette, b"")


def test_its_parameters_are_checked(client, db):
    assert client.get(FAITS, {"format": "json"}).status_code == 200
    assert "Formats acceptés : json." in refus(client.get(FAITS, {"format": "csv"}), "format")
    assert "accepté : format" in refus(client.get(FAITS, {"q": "effectif"}), "q")


def test_a_fact_that_is_not_one_points_to_it(client, db):
    corps = {"faits": {"salaries": 3}}
    reponse = client.post("/api/v1/simulations/", corps, format="json")
    assert FAITS in refus(reponse, "faits.salaries")
