"""The machines' documentation: a valid OpenAPI 3.1 document, and a page that loads nothing
from elsewhere."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
import yaml
from django.core.management import call_command

ADRESSES = {
    "/api/v1/aides/",
    "/api/v1/aides/{reference}/",
    "/api/v1/faits/",
    "/api/v1/simulations/",
}


def test_the_document_is_valid_without_a_warning():
    sortie = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=sortie)
    document = yaml.safe_load(sortie.getvalue())
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) >= ADRESSES
    liste = document["paths"]["/api/v1/aides/"]["get"]
    parametres = {p["name"]: p for p in liste["parameters"]}
    assert set(parametres) == {
        "nature", "financeur", "territoire", "naf", "statut", "etat", "le", "q", "curseur",
        "taille", "format",
    }  # fmt: skip
    assert all(p["description"] for p in parametres.values())
    assert set(liste["responses"]) == {"200", "304", "400", "405", "406"}
    assert "ETag" in liste["responses"]["200"]["headers"]
    assert parametres["taille"]["schema"] == {
        "type": "integer", "minimum": 1, "maximum": 200, "default": 50,
    }  # fmt: skip
    assert "GET /api/v1/aides/" in document["info"]["description"]
    assert document["info"]["license"]["name"] == "AGPL-3.0-or-later"
    simuler = document["paths"]["/api/v1/simulations/"]["post"]
    assert set(simuler["responses"]) == {
        "200", "400", "405", "406", "411", "413", "415", "429",
    }  # fmt: skip
    assert set(liste["responses"]["200"]["content"]) == {"application/json", "text/csv"}
    assert set(liste["responses"]["400"]["content"]) == {"application/problem+json"}


@pytest.mark.parametrize(
    ("accept", "attendu"),
    [
        ("application/vnd.oai.openapi", "application/vnd.oai.openapi"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_the_document_is_served_as_yaml_and_json(client, accept, attendu):
    reponse = client.get("/api/v1/schema/", headers={"accept": accept})
    assert reponse.status_code == 200
    assert reponse["Content-Type"].startswith(attendu)
    assert yaml.safe_load(reponse.content)["paths"].keys() >= ADRESSES


def test_the_page_has_neither_inline_code_nor_a_foreign_address(client):
    texte = client.get("/api/v1/docs/").content.decode()
    assert "<style" not in texte
    assert texte.count("<script src=") == texte.count("<script")
    assert "http://" not in texte
    assert "https://" not in texte


@pytest.mark.navigateur
@pytest.mark.django_db(transaction=True)
def test_the_page_works_under_our_security_policy(visiter):
    visite = visiter()
    hotes: set[str] = set()
    console: list[str] = []
    visite.page.on("request", lambda requete: hotes.add(urlsplit(requete.url).netloc))
    visite.page.on("console", lambda message: console.append(message.text))
    visite.aller("/api/v1/docs/")
    visite.page.get_by_text("Chercher des aides").first.wait_for()
    visite.page.get_by_text("Simuler").first.click()
    visite.page.get_by_text("Apparie des faits au catalogue").first.wait_for()
    visite.page.get_by_role("button", name="Try it out").click()
    visite.page.get_by_role("button", name="Execute").click()
    visite.page.get_by_text("Requête invalide").or_(
        visite.page.get_by_text('"aides"')
    ).first.wait_for()
    hotes.discard("")
    assert hotes == {urlsplit(visite.adresse).netloc}
    assert not [texte for texte in console if "Content Security Policy" in texte]


def test_the_examples_work_as_they_are(client, reference):
    call_command("charger_referentiel", stdout=StringIO(), stderr=StringIO())
    document = client.get("/api/v1/schema/").json()
    corps = document["paths"]["/api/v1/simulations/"]["post"]["requestBody"]["content"]
    exemples = corps["application/json"]["examples"].values()
    assert len(exemples) == 2
    for exemple in exemples:
        reponse = client.post(
            "/api/v1/simulations/", exemple["value"], content_type="application/json"
        )
        assert reponse.status_code == 200, reponse.content
        assert reponse.json()["aides"]
