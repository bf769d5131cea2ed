from __future__ import annotations

import pytest
from django.test import Client

from aides.actes import publier_aides
from aides.echange import lire_catalogue
from aides.edition import actes
from aides.models import Aide
from territoires.models import ActiviteNaf, FormeJuridique
from territoires.organismes.models import Organisme
from tests.aides.exemples import catalogue, enregistrer_organismes_fictifs, exemple
from tests.fabriques import (
    CommuneFabrique,
    CompetenceFabrique,
    GestionnaireCatalogueFabrique,
    GuichetFabrique,
    OrganismeFabrique,
)

NAF = (
    ("C", "Industrie manufacturière", 1, "C"),
    ("10", "Industries alimentaires", 2, "C"),
    ("10.11Z", "Transformation de la viande", 5, "C"),
    ("10.71C", "Boulangerie et boulangerie-pâtisserie", 5, "C"),
    ("25", "Fabrication de produits métalliques", 2, "C"),
    ("25.11Z", "Fabrication de structures métalliques", 5, "C"),
    ("25.40Z", "Fabrication d’armes et de munitions", 5, "C"),
    ("55", "Hébergement", 2, "I"),
    ("55.10Z", "Hôtels et hébergement similaire", 5, "I"),
)


@pytest.fixture
def nomenclatures(db):
    """A few activities and one legal form: those that the tests name."""
    ActiviteNaf.objects.all().delete()
    FormeJuridique.objects.all().delete()
    for code, libelle, niveau, section in NAF:
        ActiviteNaf.objects.create(code=code, libelle=libelle, niveau=niveau, section=section)
    FormeJuridique.objects.create(code="5710", libelle="Société fictive par actions", niveau=3)


@pytest.fixture
def region(nomenclatures):
    """The organismes of the example, and the places that its aides name."""
    CommuneFabrique(code="20901", nom="Valfictif", epci__siren="243100518")
    CommuneFabrique(code="20902", departement__code="64", departement__nom="Fictif-64")
    enregistrer_organismes_fictifs()
    return Organisme.objects.get(code="region-fictive")


@pytest.fixture
def gestionnaire(region):
    return GestionnaireCatalogueFabrique(organisme=region).user


@pytest.fixture
def publiee(region):
    documents = exemple()["aides"]
    # The check of the catalogue wants a date, or "to be confirmed", on each source.
    documents[0]["criteres"]["criteres"][8]["source"]["verifie"] = False
    publier_aides(documents=lire_catalogue(catalogue(*documents)))
    return Aide.objects.get(code="fictive-ateliers")


@pytest.fixture
def brouillon(publiee, gestionnaire):
    return actes.creer_brouillon(aide=publiee, par=gestionnaire)


@pytest.fixture
def vierge(region, gestionnaire):
    return actes.creer_brouillon_vierge(
        organisme=region, titre="Prime fictive au vélo", par=gestionnaire
    )


@pytest.fixture
def client_gestionnaire(gestionnaire):
    client = Client()
    client.force_login(gestionnaire)
    return client


# ------------------------------------------------------------------ a small world, for browsers


@pytest.fixture
def petite_region(transactional_db, nomenclatures):
    """A région with two communes and a desk: what a journey in a browser needs."""
    commune = CommuneFabrique(nom="Vallée-Fictive", departement__region__nom="Occitanie")
    CommuneFabrique(nom="Colline-Fictive")
    region = OrganismeFabrique(
        code="region-fictive", nom="Région fictive", territoire="REG-76", siren=""
    )
    guichet = GuichetFabrique(organisme=region)
    CompetenceFabrique(guichet=guichet, perimetre=["REG-76"])
    return region, commune
