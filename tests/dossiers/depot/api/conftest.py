"""A program that files for the manager of a fictitious company, and what it sends."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from oauth2_provider.models import Application
from rest_framework.test import APIClient

from dossiers.depot.actes.clients import ouvrir_client
from dossiers.models import Entreprise
from portal.comptes.models import User
from territoires.models import Commune
from tests.dossiers.depot.conftest import ZERO
from tests.fabriques import FAITS

DEPOTS = "/api/v1/depots/"
JETON = "/api/v1/oauth/jeton/"
CLE = "3f0c2a52-8f5c-4f8b-9d0e-6f2f6f0f1a01"

Compte = tuple[Application, str]


@pytest.fixture(autouse=True)
def _rythme_neuf(db: None) -> None:
    cache.clear()


@pytest.fixture
def programme(gerante: User) -> Compte:
    return ouvrir_client(compte=gerante, nom="Logiciel fictif")


def demander_jeton(programme: Compte, portees: str = "depots:ecrire depots:lire") -> Any:
    client, secret = programme
    return APIClient().post(
        JETON,
        {
            "grant_type": "client_credentials", "scope": portees,
            "client_id": client.client_id, "client_secret": secret,
        },
        format="multipart",
    )  # fmt: skip


def muni(programme: Compte, portees: str = "depots:ecrire depots:lire") -> APIClient:
    """A client that sends a token of these scopes."""
    jeton = demander_jeton(programme, portees).json()["access_token"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {jeton}")
    return client


@pytest.fixture
def machine(programme: Compte) -> APIClient:
    return muni(programme)


@pytest.fixture
def envoi(entreprise: Entreprise, commune: Commune, nomenclatures: None) -> dict[str, Any]:
    """What opens the aides `eligible` and `sous-reserve` of the catalogue."""
    return {
        "siret": entreprise.siret,
        "titre": "Atelier neuf",
        "description": "Une ligne fictive.",
        "faits": ZERO | FAITS | {"commune_projet": commune.code},
        "aides": ["eligible"],
    }


def lignes_en_base() -> dict[str, int]:
    """Number of rows of every table but those that count requests and tokens."""
    compte = {m._meta.db_table: m._default_manager.count() for m in apps.get_models()}
    assert len(compte) > 20
    return compte


def erreurs(reponse: Any, statut: int = 400) -> dict[str, str]:
    assert (reponse.status_code, reponse["Content-Type"]) == (statut, "application/problem+json")
    return {e["champ"]: e["message"] for e in reponse.json()["erreurs"]}
