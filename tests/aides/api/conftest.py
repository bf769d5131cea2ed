import pytest
from rest_framework.test import APIClient

from aides.actes import publier_aides
from aides.echange import lire_catalogue
from tests.aides.api.outils import LISTE
from tests.aides.exemples import catalogue


@pytest.fixture
def client():
    return APIClient()


@pytest.fixture
def publier(organismes):
    def publier(*aides):
        return publier_aides(documents=lire_catalogue(catalogue(*aides)))

    return publier


@pytest.fixture
def codes(client):
    """The codes that the list gives for these parameters."""

    def codes(**parametres):
        reponse = client.get(LISTE, parametres)
        assert reponse.status_code == 200, reponse.content
        return [ligne["code"] for ligne in reponse.json()["resultats"]]

    return codes
