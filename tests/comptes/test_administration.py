"""The administration is for superusers, and lets them add a desk and its officers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from portal.comptes.models import User
from portal.services_embarques.chemins import PROJET
from territoires.organismes.models import AgentGuichet, Guichet
from tests.fabriques import AgentGuichetFabrique, CompetenceFabrique, UserFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser(client: Client) -> User:
    user = UserFabrique(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize("modele", ["comptes_user", "organismes_organisme", "organismes_guichet"])
def test_lists_and_searches_open(client: Client, superuser: User, modele: str) -> None:
    affectation = AgentGuichetFabrique()
    CompetenceFabrique(guichet=affectation.guichet)
    assert client.get(reverse(f"admin:{modele}_changelist"), {"q": "fictif"}).status_code == 200


def test_a_superuser_makes_somebody_an_officer_of_a_desk(client: Client, superuser: User) -> None:
    guichet = CompetenceFabrique().guichet
    adresse = reverse("admin:organismes_guichet_change", args=[guichet.pk])
    formulaire = {
        "code": guichet.code, "organisme": guichet.organisme_id, "nom": "Guichet renommé",
        "canal": "portail", "competences-TOTAL_FORMS": 0, "competences-INITIAL_FORMS": 0,
        "affectations-TOTAL_FORMS": 1, "affectations-INITIAL_FORMS": 0,
        "affectations-0-user": superuser.pk,
    }  # fmt: skip
    assert client.get(adresse).status_code == 200
    assert client.post(adresse, formulaire).status_code == 302
    assert Guichet.objects.get().nom == "Guichet renommé"
    assert AgentGuichet.objects.get().user == superuser


def test_an_officer_does_not_enter(client: Client) -> None:
    client.force_login(AgentGuichetFabrique().user)
    reponse = client.get(reverse("admin:organismes_guichet_changelist"))
    assert reponse.status_code == 302
    assert "login" in reponse.headers["Location"]


def test_it_is_entered_by_the_portals_own_door(client: Client) -> None:
    """Rate limits, confirmation of the address and second factor count there too."""
    reponse = client.get("/administration/login/", follow=True)
    assert reponse.redirect_chain[-1][0].startswith("/comptes/login/?next=")
    client.force_login(AgentGuichetFabrique().user)
    assert client.get("/administration/", follow=True).status_code == 403


def test_its_address_is_a_setting() -> None:
    code = "import portal.urls as u; print(u.urlpatterns[0].pattern)"
    env = os.environ | {"CHEMIN_ADMINISTRATION": "/porte-de-service/"}
    sortie = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "shell", "-v", "0", "-c", code],
        cwd=PROJET, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert sortie.stdout.strip() == "porte-de-service/"
