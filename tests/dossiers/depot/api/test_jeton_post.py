"""POST /api/v1/oauth/jeton/: a program gets a token for an hour, and loses it when it should."""

from base64 import b64encode
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken
from rest_framework.test import APIClient

from dossiers.depot.actes import fermer_compte
from dossiers.depot.taches import oublier_jetons
from portal.socle.models import Evenement
from tests.dossiers.depot.api.conftest import DEPOTS, JETON, demander_jeton, lignes_en_base, muni
from tests.fabriques import UserFabrique


def refuse(client, **entetes):
    reponse = client.get(DEPOTS, **entetes)
    assert (reponse.status_code, reponse["Content-Type"]) == (401, "application/problem+json")
    assert reponse["WWW-Authenticate"].startswith("Bearer")
    return reponse.json()["detail"]


def test_a_token_is_for_an_hour_and_is_not_kept_in_clear(programme):
    reponse = demander_jeton(programme)
    assert reponse.status_code == 200
    lu = reponse.json()
    assert (lu["token_type"], lu["expires_in"]) == ("Bearer", 3600)
    assert set(lu["scope"].split()) == {"depots:ecrire", "depots:lire"}
    assert "refresh_token" not in lu
    garde = AccessToken.objects.get()
    assert garde.token == ""
    assert lu["access_token"] not in str(vars(garde))
    assert timezone.now() < garde.expires <= timezone.now() + timedelta(hours=1)


def test_the_secret_is_not_kept_in_clear(programme):
    client, secret = programme
    client.refresh_from_db()
    assert secret not in client.client_secret
    assert len(secret) >= 64


def test_without_a_scope_a_token_only_reads(programme):
    client, secret = programme
    donnees = {"grant_type": "client_credentials"}
    nu = APIClient()
    nu.credentials(HTTP_AUTHORIZATION=_basic(client.client_id, secret))
    assert nu.post(JETON, donnees, format="multipart").json()["scope"] == "depots:lire"


def _basic(identifiant, secret):
    return "Basic " + b64encode(f"{identifiant}:{secret}".encode()).decode()


@pytest.mark.parametrize(
    ("change", "erreur"),
    [
        ({"client_secret": "faux"}, "invalid_client"),
        ({"client_id": "inconnu"}, "invalid_client"),
        ({"scope": "tout"}, "invalid_scope"),
        ({"grant_type": "password", "username": "x", "password": "y"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "unsupported_grant_type"),
    ],
)
def test_nothing_else_gives_a_token(programme, change, erreur):
    client, secret = programme
    donnees = {
        "grant_type": "client_credentials", "client_id": client.client_id,
        "client_secret": secret,
    }  # fmt: skip
    avant = lignes_en_base()
    reponse = APIClient().post(JETON, donnees | change, format="multipart")
    assert reponse.status_code in {400, 401}
    assert erreur in reponse.json()["error"]
    assert lignes_en_base() == avant
    assert not any(m.objects.exists() for m in (AccessToken, RefreshToken, Grant))


def test_the_pages_of_the_library_are_not_exposed(client, programme):
    for page in ("authorize", "introspect", "applications", "device", "register"):
        for racine in ("/api/v1/oauth/", "/o/", "/oauth/"):
            assert client.get(f"{racine}{page}/").status_code == 404


# ------------------------------------------------------------------ losing it


@pytest.mark.parametrize("entete", ["Bearer faux", "Bearer ", "Bearer a b"])
def test_a_wrong_token_is_said(programme, entete):
    assert "demandez-en un autre" in refuse(APIClient(), HTTP_AUTHORIZATION=entete)


def test_a_wrong_token_does_not_fall_back_on_a_session(gerante):
    client = APIClient()
    client.force_login(gerante)
    assert "demandez-en un autre" in refuse(client, HTTP_AUTHORIZATION="Bearer faux")


def test_an_expired_token_is_refused_then_erased(machine):
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert "expiré" in refuse(machine)
    oublier_jetons()
    assert not AccessToken.objects.exists()


def test_a_token_in_the_address_is_not_read(programme):
    jeton = demander_jeton(programme).json()["access_token"]
    assert APIClient().get(f"{DEPOTS}?access_token={jeton}").status_code == 401


def test_a_token_can_be_revoked(programme):
    jeton = demander_jeton(programme).json()["access_token"]
    client, secret = programme
    reponse = APIClient().post(
        "/api/v1/oauth/revocation/",
        {"token": jeton, "client_id": client.client_id, "client_secret": secret},
        format="multipart",
    )
    assert reponse.status_code == 200
    refuse(APIClient(), HTTP_AUTHORIZATION=f"Bearer {jeton}")


def test_closing_the_account_closes_its_programs(programme, machine, gerante):
    fermer_compte(user=gerante)
    assert not Application.objects.exists()
    assert not AccessToken.objects.exists()
    refuse(machine)
    assert demander_jeton(programme).status_code == 401
    assert Evenement.objects.filter(verbe="fermer_client_api").count() == 1


def test_a_suspended_account_suspends_its_programs(machine, gerante):
    gerante.is_active = False
    gerante.save()
    assert "fermé" in refuse(machine)


def test_a_program_without_an_account_may_nothing(machine):
    Application.objects.update(user=None)
    assert "fermé" in refuse(machine)


# ------------------------------------------------------------------ opening it


def creer(*arguments):
    sortie, erreur = StringIO(), StringIO()
    call_command("creer_client_api", *arguments, stdout=sortie, stderr=erreur)
    return sortie.getvalue(), erreur.getvalue()


def test_an_operator_opens_an_access(gerante, entreprise):
    sortie, suite = creer("Gerante@exemple.invalid", "Logiciel fictif")
    lignes = dict(ligne.split() for ligne in sortie.splitlines())
    client = Application.objects.get()
    assert (client.name, client.user) == ("Logiciel fictif", gerante)
    assert lignes["identifiant"] == client.client_id
    assert entreprise.siret in suite
    assert muni((client, lignes["secret"])).get(DEPOTS).status_code == 200
    ligne = Evenement.objects.get(verbe="ouvrir_client_api")
    assert ligne.donnees == {"compte": gerante.pk}


@pytest.mark.parametrize(
    ("arguments", "attendu"),
    [
        (("personne@exemple.invalid", "Logiciel"), "Aucun compte actif"),
        (("partie@exemple.invalid", "Logiciel"), "Aucun compte actif"),
        (("gerante@exemple.invalid", "  "), "nom au programme"),
    ],
)
def test_an_access_is_of_a_living_account_and_has_a_name(gerante, arguments, attendu):
    UserFabrique(email="partie@exemple.invalid", is_active=False)
    with pytest.raises(CommandError, match=attendu):
        creer(*arguments)
    assert not Application.objects.exists()


def test_administrators_see_the_accesses_and_may_close_them(client, programme):
    client.force_login(UserFabrique(is_staff=True, is_superuser=True))
    racine = "/administration/oauth2_provider/application/"
    liste = client.get(racine).content.decode()
    assert "Logiciel fictif" in liste
    fiche = client.get(f"{racine}{programme[0].pk}/change/").content.decode()
    programme[0].refresh_from_db()
    assert programme[0].client_secret not in fiche
    assert client.get(f"{racine}add/").status_code == 403
    client.post(f"{racine}{programme[0].pk}/delete/", {"post": "yes"})
    assert not Application.objects.exists()
