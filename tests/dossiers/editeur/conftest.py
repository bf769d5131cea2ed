from __future__ import annotations

import pytest
from django.test import Client

from aides.actes import publier_aides
from aides.echange import lire_catalogue
from aides.edition import actes
from aides.models import Aide
from territoires.organismes.models import Organisme
from tests.aides.exemples import catalogue, enregistrer_organismes_fictifs, exemple
from tests.fabriques import GestionnaireCatalogueFabrique


@pytest.fixture
def region(reference):
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
