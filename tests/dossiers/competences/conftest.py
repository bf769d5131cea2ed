from __future__ import annotations

import pytest

from territoires.organismes.models import Competence, Guichet
from territoires.organismes.operations import valeurs_de
from tests.fabriques import (
    CommuneFabrique,
    CompetenceFabrique,
    EpciFabrique,
    GuichetFabrique,
    OrganismeFabrique,
    UserFabrique,
    guichet_epci,
)


@pytest.fixture
def administration(db):
    return UserFabrique(administration=True)


@pytest.fixture
def region(db):
    return OrganismeFabrique(code="region-fictive", nom="Région fictive", territoire="REG-76")


@pytest.fixture
def vallee(db):
    return EpciFabrique(nom="Communauté fictive de la Vallée")


@pytest.fixture
def commune(vallee):
    return CommuneFabrique(nom="Valfictif", epci=vallee)


@pytest.fixture
def guichet_region(region) -> Guichet:
    return GuichetFabrique(code="guichet-region", nom="Guichet de la région", organisme=region)


@pytest.fixture
def guichet_vallee(vallee) -> Guichet:
    return guichet_epci(vallee, code="guichet-vallee", nom="Guichet de la vallée")


@pytest.fixture
def competence(guichet_region) -> Competence:
    """The région is competent everywhere."""
    return CompetenceFabrique(guichet=guichet_region)


def valeurs(guichet: Guichet, **champs: object) -> dict[str, object]:
    """What an operation says: investment in Occitanie since 2016, unless said otherwise."""
    competence = Competence(
        guichet=guichet,
        nature="investissement",
        perimetre=["REG-76"],
        debut=CompetenceFabrique.debut,
        base_legale={"libelle": "Texte fictif", "verifie": False},
    )
    return {**valeurs_de(competence), **champs}
