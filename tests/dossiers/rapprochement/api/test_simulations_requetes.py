"""POST /api/v1/simulations/: how a request must be made, and what is said of one that is not."""

import pytest
from rest_framework.test import APIClient

from aides.actes import publier_aides
from aides.echange import lire_catalogue
from dossiers.rapprochement.api.views import OCTETS_MAXIMUM
from tests.aides.exemples import aide, catalogue, exemple

SIMULATIONS = "/api/v1/simulations/"
LE = "2026-11-21"


@pytest.fixture
def client():
    return APIClient()


@pytest.fixture
def publiee(organismes):
    return publier_aides(documents=lire_catalogue(catalogue(aide())))


def envoyer(client, texte, parametres="", type_="application/json", **entetes):
    return client.generic(
        "POST", SIMULATIONS + parametres, texte, content_type=type_, **entetes
    )  # fmt: skip


def erreurs(reponse, statut=400):
    assert (reponse.status_code, reponse["Content-Type"]) == (statut, "application/problem+json")
    return {e["champ"]: e["message"] for e in reponse.json()["erreurs"]}


def test_a_body_in_pieces_is_refused_as_such(client, db):
    reponse = envoyer(
        client, "", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH=""
    )  # fmt: skip
    assert (reponse.status_code, reponse["Content-Type"]) == (411, "application/problem+json")
    assert "Content-Length" in reponse.json()["detail"]


@pytest.mark.parametrize("taille", [OCTETS_MAXIMUM + 1, 3_000_000])
def test_too_much_is_too_much_whatever_its_size(client, db, taille):
    reponse = envoyer(client, '{"faits": {"x": "' + "a" * taille + '"}}')
    assert (reponse.status_code, reponse["Content-Type"]) == (413, "application/problem+json")
    assert "64 Ko" in reponse.json()["detail"]


@pytest.mark.parametrize("texte", ["null", "[]", "3", '"x"', "true", "1.5"])
def test_what_is_not_an_object_is_said_in_french(client, db, texte):
    assert "Un objet JSON" in erreurs(envoyer(client, texte))[""]


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "nul"])
def test_only_utf8_is_read(client, db, charset):
    reponse = envoyer(client, '{"faits": {}}', type_=f"application/json; charset={charset}")
    assert (reponse.status_code, reponse["Content-Type"]) == (415, "application/problem+json")
    assert "UTF-8" in reponse.json()["detail"]


@pytest.mark.parametrize("type_", ["application/json; charset=UTF-8", "application/json"])
def test_utf8_may_be_named(client, db, type_):
    assert envoyer(client, '{"faits": {}}', type_=type_).status_code == 200


@pytest.mark.parametrize(
    ("parametres", "champ", "attendu"),
    [
        ("?format=csv", "format", "Formats acceptés : json"),
        ("?preuve=oui", "preuve", "Paramètres acceptés : preuves, contrefactuels, format."),
        ("?preuves=oui&preuves=non", "preuves", "plusieurs fois"),
    ],
)
def test_parameters_are_checked(client, db, parametres, champ, attendu):
    assert attendu in erreurs(envoyer(client, '{"faits": {}}', parametres))[champ]


def test_json_may_be_asked_for_by_name(client, db):
    assert envoyer(client, '{"faits": {}}', "?format=json").status_code == 200


def test_a_number_with_a_point_is_one_fault_among_the_others(client, reference):
    texte = '{"faits": {"effectif": 12.5, "apport": 1e400, "naf": "1", "inconnu": 1}}'
    trouvees = erreurs(envoyer(client, texte))
    assert list(trouvees) == ["faits.effectif", "faits.apport", "faits.naf", "faits.inconnu"]
    assert "entre guillemets" in trouvees["faits.effectif"]
    assert "entre guillemets" in trouvees["faits.apport"]


@pytest.mark.parametrize(
    ("faits", "champ", "attendu"),
    [
        ({"naf": "25.98Z"}, "naf", "code inconnu : 25.98Z"),
        ({"forme_juridique": "9999"}, "forme_juridique", "code inconnu : 9999"),
        ({"date_debut_projet": "2027-03-01", "date_fin_projet": "2027-02-01"},
         "date_fin_projet", "avant son début"),
        ({"date_creation": "2026-11-22"}, "date_creation", "dans l’avenir"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_are_named(client, reference, faits, champ, attendu):
    reponse = client.post(SIMULATIONS, {"faits": {**faits, "effectif": "x"}, "le": LE})
    trouvees = erreurs(reponse)
    assert set(trouvees) == {f"faits.{champ}", "faits.effectif"}
    assert attendu in trouvees[f"faits.{champ}"]


def test_facts_that_can_be_are_read(client, reference):
    faits = {"naf": "2511z", "forme_juridique": "5710", "date_creation": LE}
    assert client.post(SIMULATIONS, {"faits": faits, "le": LE}).status_code == 200


@pytest.mark.parametrize("forme", [str, str.upper, lambda texte: texte.replace("-", "")])
def test_an_aide_is_named_by_its_national_identifier_too(client, publiee, forme):
    identifiant = forme(aide()["identifiant"])
    corps = {"faits": {}, "aides": [identifiant, "fictive-ateliers"]}
    (ligne,) = client.post(SIMULATIONS, corps).json()["aides"]
    assert ligne["code"] == "fictive-ateliers"
    inconnu = "00000000-0000-0000-0000-000000000007"
    reponse = client.post(SIMULATIONS, {"faits": {}, "aides": [inconnu]})
    assert inconnu in erreurs(reponse)["aides"]


def test_what_it_is_for_is_said_in_french(client, db):
    assert client.options(SIMULATIONS).json()["description"].startswith("Apparie des faits")


def test_the_open_aides_are_as_many_as_in_the_catalogue(client, organismes):
    """A record that completes an aide is not matched, and is said with those left out."""
    publier_aides(documents=lire_catalogue(catalogue(*exemple()["aides"])))
    reponse = client.post(SIMULATIONS, {"faits": {}, "le": LE}).json()
    (ecartee,) = reponse["ecartees"]
    assert ecartee["code"] == "fictive-diagnostic"
    assert ecartee["motif"] == "Précise l’aide fictive-ateliers : ne se demande pas seule"
    ouvertes = client.get("/api/v1/aides/", {"etat": "ouverte", "le": LE}).json()["resultats"]
    assert len(ouvertes) == len(reponse["aides"]) + len(reponse["ecartees"]) == 2
