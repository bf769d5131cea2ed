"""The pages of a draft: who sees them, what they show, what they keep."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.fabriques import GestionnaireCatalogueFabrique, UserFabrique

pytestmark = pytest.mark.django_db

PARTIES = (
    "",
    "cadre/",
    "conditions/",
    "conditions/choisir/",
    "conditions/nouvelle/comparaison/?fait=effectif",
    "conditions/modifier/?chemin=criteres/criteres/0",
    "montants/",
    "montants/nouveau/",
    "montants/0/",
    "sources/",
    "sources/nouvelle/",
    "nombre/",
    "abandonner/",
    "repeter/",
)


@pytest.mark.parametrize("partie", PARTIES)
def test_every_part_of_a_draft_opens(client_gestionnaire, brouillon, partie):
    reponse = client_gestionnaire.get(f"/mon-catalogue/brouillons/{brouillon.pk}/{partie}")
    assert reponse.status_code == 200
    assert brouillon.titre in reponse.content.decode()


@pytest.mark.parametrize("partie", PARTIES)
def test_a_foreign_draft_does_not_exist(brouillon, partie):
    etranger = Client()
    etranger.force_login(GestionnaireCatalogueFabrique().user)
    adresse = f"/mon-catalogue/brouillons/{brouillon.pk}/{partie}"
    assert etranger.get(adresse).status_code == 404
    etranger.force_login(UserFabrique())
    assert etranger.get(adresse).status_code == 404
