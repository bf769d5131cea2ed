"""GET /api/v1/aides/{code or uuid}/: the whole record."""

import csv
import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.aides.api.outils import LISTE, refus
from tests.aides.exemples import aide
from tests.fabriques import AideFabrique

FICHE = f"{LISTE}fictive-ateliers/"


def test_the_record_has_everything(client, publier):
    document = aide()
    publier(document)
    fiche = client.get(FICHE).json()
    for cle in (
        "code",
        "identifiant",
        "titre",
        "description",
        "criteres",
        "montants",
        "sources",
        "bases_juridiques",
        "statut_precision",
        "naf",
        "formes",
    ):
        assert fiche[cle] == document[cle], cle
    assert "L’effectif est" in fiche["eligibilite"][0] or "effectif" in fiche["eligibilite"][0]
    assert len(fiche["eligibilite"]) == len(document["criteres"]["criteres"])


@pytest.mark.parametrize("forme", [str, lambda u: u.hex, lambda u: str(u).upper()])
def test_it_is_found_by_its_national_identifier(client, publier, forme):
    publier(aide())
    reponse = client.get(f"{LISTE}{forme(uuid.UUID(aide()['identifiant']))}/")
    assert reponse.json()["code"] == "fictive-ateliers"


@pytest.mark.parametrize("quoi", ["nulle-part", str(uuid.UUID(int=7)), "brouillon"])
def test_what_is_not_published_is_not_found(client, publier, quoi):
    AideFabrique(code="brouillon")
    reponse = client.get(f"{LISTE}{quoi}/")
    assert (reponse.status_code, reponse["Content-Type"]) == (404, "application/problem+json")
    assert reponse.json()["title"] == "Introuvable"


def test_only_its_own_parameters_are_accepted(client, publier):
    publier(aide())
    assert "Paramètres acceptés : le, format." in refus(client.get(FICHE, {"q": "x"}), "q")
    assert "AAAA-MM-JJ" in refus(client.get(FICHE, {"le": "demain"}), "le")


def test_the_state_is_that_of_the_day_asked_for(client, publier):
    publier(aide())
    etats = [
        client.get(FICHE, {"le": le}).json()["etat"]
        for le in ("2025-12-31", "2026-01-01", "2027-12-31", "2028-01-01")
    ]
    assert etats == ["a_venir", "ouverte", "ouverte", "close"]


def test_it_is_not_sent_twice(client, publier):
    publier(aide())
    etiquette = client.get(FICHE)["ETag"]
    with CaptureQueriesContext(connection) as prises:
        seconde = client.get(FICHE, HTTP_IF_NONE_MATCH=etiquette)
    assert (seconde.status_code, seconde["ETag"]) == (304, etiquette)
    assert len(prises) <= 6
    publier(aide(titre="Autre"))
    assert client.get(FICHE, HTTP_IF_NONE_MATCH=etiquette).status_code == 200


def test_as_csv_it_is_one_row(client, publier):
    publier(aide())
    (ligne,) = csv.DictReader(io.StringIO(client.get(FICHE, {"format": "csv"}).content.decode()))
    assert ligne["code"] == "fictive-ateliers"


def test_it_cannot_be_written(client, publier):
    publier(aide())
    assert client.delete(FICHE).status_code == 405
    assert client.get(FICHE).status_code == 200
