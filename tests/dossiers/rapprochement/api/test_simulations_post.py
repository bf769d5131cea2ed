"""POST /api/v1/simulations/: outcomes, amounts and proofs; nothing is stored."""

import json

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
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
def publiees(organismes):
    """The two aides of the example, one of which completes the other, and a closed one."""
    diagnostic = {**exemple()["aides"][1]}
    del diagnostic["complete"]
    documents = [aide(), diagnostic, aide(code="retiree", statut="close")]
    return publier_aides(documents=lire_catalogue(catalogue(*documents)))


def lignes_en_base():
    """Number of rows of every table; the cache holds the rhythm of the addresses."""
    compte = {m._meta.db_table: m.objects.count() for m in apps.get_models()}
    assert len(compte) > 20
    return compte


def simuler(client, faits, parametres="", **corps):
    return client.post(SIMULATIONS + parametres, {"faits": faits, "le": LE, **corps})


def par_code(reponse):
    assert reponse.status_code == 200, reponse.content
    return {ligne["code"]: ligne for ligne in reponse.json()["aides"]}


FAITS = exemple("faits")


def test_it_matches_the_open_catalogue_and_stores_nothing(client, publiees):
    avant = lignes_en_base()
    reponse = simuler(client, FAITS)
    aides = par_code(reponse)
    assert set(aides) == {"fictive-ateliers", "fictive-diagnostic"}
    assert aides["fictive-diagnostic"]["issue"] == "non_eligible"
    assert aides["fictive-ateliers"]["issue"] == "a_completer"
    assert "depense_equipement" in aides["fictive-ateliers"]["manquants"]
    assert reponse.json()["manquants"] == aides["fictive-ateliers"]["manquants"]
    assert reponse.json()["le"] == LE
    assert "preuve" not in aides["fictive-ateliers"]
    assert reponse["Cache-Control"] == "no-store"
    assert lignes_en_base() == avant


def test_no_fact_at_all_is_a_simulation_too(client, publiees):
    assert {a["issue"] for a in par_code(simuler(client, {})).values()} == {"a_completer"}


def test_amounts_are_exact_text(client, publiees):
    faits = {**FAITS, "effectif": "5"}
    aides = par_code(simuler(client, faits))
    assert aides["fictive-diagnostic"]["issue"] == "eligible"
    assert aides["fictive-diagnostic"]["montant"]["maximum"] == "1500.00"
    subvention = aides["fictive-ateliers"]["montant"]["lignes"][0]
    assert (subvention["assiette"], subvention["maximum"]) == ("85000.00", "17000.00")


def test_proofs_come_when_asked_for(client, publiees):
    avant = lignes_en_base()
    preuve = par_code(simuler(client, FAITS, "?preuves=oui"))["fictive-ateliers"]["preuve"]
    assert preuve["verdict"] == "inconnu"
    phrases = [enfant["phrase"] for enfant in preuve["enfants"]]
    assert len(phrases) >= 12
    assert "preuve" not in par_code(simuler(client, FAITS, "?preuves=non"))["fictive-ateliers"]
    assert lignes_en_base() == avant


def test_what_would_open_an_aide_comes_when_asked_for(client, publiees):
    avant = lignes_en_base()
    aides = par_code(simuler(client, FAITS, "?contrefactuels=oui"))
    diagnostic = aides["fictive-diagnostic"]["contrefactuel"]
    assert (diagnostic["issue"], diagnostic["possible"]) == ("eligible", False)
    (conseil,) = diagnostic["changements"]
    assert (conseil["faits"], conseil["reponse"]) == (["effectif"], False)
    assert conseil["texte"].startswith("L’effectif reste en dessous de 10")
    ateliers = aides["fictive-ateliers"]["contrefactuel"]
    assert all(conseil["reponse"] for conseil in ateliers["changements"])
    assert "preuve" not in aides["fictive-ateliers"]
    assert "contrefactuel" not in par_code(simuler(client, FAITS))["fictive-ateliers"]
    ouverte = par_code(simuler(client, {"effectif": "5"}, "?contrefactuels=oui"))
    assert ouverte["fictive-diagnostic"]["contrefactuel"] is None
    assert lignes_en_base() == avant


def test_it_says_which_single_answer_settles_the_most(client, publiees):
    reponse = simuler(client, {}).json()
    assert {"fait": "effectif", "toujours": 1, "au_mieux": 2} in reponse["decisives"]
    assert (
        simuler(client, {"effectif": "5"}, aides=["fictive-diagnostic"]).json()["decisives"] == []
    )


def test_only_the_aides_asked_for_open_or_not(client, publiees):
    aides = par_code(simuler(client, FAITS, aides=["retiree"]))
    assert list(aides) == ["retiree"]
    assert aides["retiree"]["statut"] == "close"


def test_the_day_counts(client, publiees):
    assert "fictive-ateliers" in par_code(simuler(client, FAITS, le="2026-01-01"))
    assert "fictive-ateliers" not in par_code(simuler(client, FAITS, le="2025-12-31"))


@pytest.mark.parametrize(
    ("corps", "champ", "attendu"),
    [
        ({}, "faits", "obligatoire"),
        ({"faits": []}, "faits", "dictionnaire"),
        ({"faits": {"inconnu": 1}}, "faits.inconnu", "fait inconnu"),
        ({"faits": {"effectif": "-1"}}, "faits.effectif", "négatif ; attendu : un nombre"),
        ({"faits": {"effectif": True}}, "faits.effectif", "ce n’est pas un nombre"),
        ({"faits": {"age_mois": 12}}, "faits.age_mois", "se calcule"),
        ({"faits": {"commune_projet": "99999"}}, "faits.commune_projet", "commune inconnue"),
        ({"faits": {"chiffre_affaires": "9" * 40}}, "faits.chiffre_affaires", "nombre"),
        ({"faits": {"nature_projet": ["fusée"]}}, "faits.nature_projet", "investissement"),
        ({"faits": {}, "le": "demain"}, "le", "AAAA-MM-JJ"),
        ({"faits": {}, "aides": []}, "aides", "vide"),
        ({"faits": {}, "aides": ["nulle-part"]}, "aides", "Aides inconnues : nulle-part."),
        ({"faits": {}, "jour": LE}, "jour", "Clés acceptées : faits, le, aides."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(client, publiees, corps, champ, attendu):
    avant = lignes_en_base()
    reponse = client.post(SIMULATIONS, corps)
    assert (reponse.status_code, reponse["Content-Type"]) == (400, "application/problem+json")
    messages = {e["champ"]: e["message"] for e in reponse.json()["erreurs"]}
    assert attendu in messages[champ]
    assert lignes_en_base() == avant


def test_every_wrong_fact_is_named_at_once(client, publiees):
    reponse = simuler(client, {"effectif": "x", "naf": "1", "inconnu": 2, "apport": "10.00"})
    champs = [e["champ"] for e in reponse.json()["erreurs"]]
    assert champs == ["faits.effectif", "faits.naf", "faits.inconnu"]


@pytest.mark.parametrize(
    ("texte", "champ", "attendu"),
    [
        ('{"faits": {"effectif": 12.5}}', "faits.effectif", "entre guillemets"),
        ('{"faits": {"effectif": NaN}}', "faits.effectif", "NaN"),
        ('{"faits": {"naf": "a", "naf": "b"}}', "faits", "clé donnée deux fois"),
        ('{"faits": ', "faits", "JSON mal formé"),
        (
            '{"faits": {"naf": ' + "[" * 9000 + "]" * 9000 + "}}",
            "faits.naf.0.0.0.0.0.0.…",
            "trop profond",
        ),
        ("[]", "", "dictionnaire"),
    ],
)
def test_json_is_read_strictly(client, publiees, texte, champ, attendu):
    reponse = client.post(SIMULATIONS, texte, content_type="application/json")
    assert reponse.status_code == 400
    messages = {e["champ"]: e["message"] for e in reponse.json()["erreurs"]}
    assert attendu in messages[champ]


@pytest.mark.parametrize("parametres", ["?preuves=peut-etre", "?contrefactuels=1", "?autre=1"])
def test_unknown_parameters_are_refused(client, publiees, parametres):
    assert simuler(client, FAITS, parametres).status_code == 400


def test_the_size_is_bounded(client, publiees):
    texte = json.dumps({"faits": {"x": "a" * OCTETS_MAXIMUM}})
    reponse = client.post(SIMULATIONS, texte, content_type="application/json")
    assert (reponse.status_code, reponse.json()["title"]) == (413, "Requête trop volumineuse")


def test_the_rhythm_is_bounded_by_address(client, publiees):
    for _ in range(120):
        assert simuler(client, {}, aides=["fictive-diagnostic"]).status_code == 200
    reponse = simuler(client, {})
    assert (reponse.status_code, reponse["Content-Type"]) == (429, "application/problem+json")
    assert int(reponse["Retry-After"]) <= 60
    autre = client.post(SIMULATIONS, {"faits": {}}, REMOTE_ADDR="192.0.2.7")
    assert autre.status_code == 200


@pytest.mark.parametrize("verbe", ["get", "put", "delete"])
def test_it_is_only_posted(client, publiees, verbe):
    assert getattr(client, verbe)(SIMULATIONS).status_code == 405


def test_queries_do_not_grow_with_the_catalogue(client, publiees):
    def requetes():
        simuler(client, FAITS, "?preuves=oui")
        with CaptureQueriesContext(connection) as prises:
            assert simuler(client, FAITS, "?preuves=oui").status_code == 200
        return len(prises)

    peu = requetes()
    publier_aides(documents=lire_catalogue(catalogue(*(aide(code=f"a-{n}") for n in range(60)))))
    assert requetes() == peu
