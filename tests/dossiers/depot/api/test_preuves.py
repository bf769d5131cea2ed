"""GET /api/v1/depots/{identifiant}/versions/{numero}/…: a program proves a deposit by itself."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dossiers.depot import actes
from dossiers.models import Dossier
from portal.services_embarques.chemins import PROJET
from tests.dossiers.depot.api.conftest import CLE, DEPOTS, muni
from tests.dossiers.recus.conftest import commande
from tests.fabriques import VersionDossierFabrique


@pytest.fixture
def depose(machine: APIClient, envoi: dict[str, Any], catalogue: Any) -> dict[str, Any]:
    """What the API answers to a deposit."""
    reponse = machine.post(DEPOTS, envoi, HTTP_IDEMPOTENCY_KEY=CLE)
    assert reponse.status_code == 201, reponse.content
    lu: dict[str, Any] = reponse.json()
    return lu


def suivre(client: APIClient, lien: str) -> Any:
    return client.get(urlsplit(lien).path)


def test_a_program_verifies_its_deposit_with_the_public_keys_alone(
    machine, depose, tmp_path, django_assert_num_queries
):
    recu, contenu = (suivre(machine, depose["liens"][nom]) for nom in ("recu", "contenu"))
    assert (recu["Content-Type"], contenu["Content-Type"]) == (
        "application/jose", "application/json",
    )  # fmt: skip
    assert recu.content.decode() == depose["recu"]
    # As any JOSE library does, from the published keys.
    cles = {c["kid"]: c for c in APIClient().get("/.well-known/jwks.json").json()["keys"]}
    entete = jwt.get_unverified_header(recu.content)
    assert entete["typ"] == "recu+jwt"
    dit = jwt.decode(recu.content, jwt.PyJWK(cles[entete["kid"]]), algorithms=["ES256"])
    assert hashlib.sha256(contenu.content).hexdigest() == dit["empreinte"] == depose["empreinte"]
    assert contenu.json()["faits"]
    assert [d["aide"] for d in dit["demandes"]] == ["eligible"]
    # And as our own command does, without the database.
    (tmp_path / "recu.jws").write_bytes(recu.content)
    (tmp_path / "contenu.json").write_bytes(contenu.content)
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": list(cles.values())}))
    options = {"cles": tmp_path / "jwks.json", "contenu": tmp_path / "contenu.json"}
    with django_assert_num_queries(0):
        code, dit_par_nous = commande("verifier_recu", tmp_path / "recu.jws", **options)
        assert code == 0, dit_par_nous
        (tmp_path / "contenu.json").write_bytes(contenu.content.replace(b"neuf", b"vieux"))
        assert commande("verifier_recu", tmp_path / "recu.jws", **options)[0] == 1


def test_files_are_named_and_not_kept_by_caches(machine, depose):
    for nom, fichier in (("recu", "recu-{}-v1.jws"), ("contenu", "contenu-{}-v1.json")):
        reponse = suivre(machine, depose["liens"][nom])
        attendu = f'attachment; filename="{fichier.format(depose["numero"])}"'
        assert reponse["Content-Disposition"] == attendu
        assert reponse["Cache-Control"] == "no-store"


def test_each_version_keeps_its_own(machine, depose, gerante):
    dossier = Dossier.objects.get(identifiant=depose["identifiant"])
    actes.ajouter_aide(dossier=dossier, code="sous-reserve", par=gerante)
    lu = machine.get(f"{DEPOTS}{dossier.identifiant}/").json()
    assert lu["version"] == 2
    assert suivre(machine, lu["liens"]["recu"]).content.decode() == lu["recu"]
    assert suivre(machine, depose["liens"]["recu"]).content.decode() == depose["recu"]
    contenu = suivre(machine, lu["liens"]["contenu"]).content
    assert hashlib.sha256(contenu).hexdigest() == lu["empreinte"]


def test_an_erased_content_is_said_to_be_and_its_receipt_stays(machine, depose):
    Dossier.objects.update(efface_le=timezone.now())
    reponse = suivre(machine, depose["liens"]["contenu"])
    assert (reponse.status_code, reponse["Content-Type"]) == (404, "application/problem+json")
    assert "a été effacé le" in reponse.json()["detail"]
    assert suivre(machine, depose["liens"]["recu"]).status_code == 200


@pytest.mark.parametrize("quoi", ["recu", "contenu"])
def test_what_is_not_ones_own_does_not_exist(machine, depose, programme, quoi):
    etranger = VersionDossierFabrique()
    sien = depose["identifiant"]
    for identifiant, numero in (
        (etranger.dossier.identifiant, 1), (sien, 2), (sien, 10**30), (uuid.uuid4(), 1),
    ):  # fmt: skip
        reponse = machine.get(f"{DEPOTS}{identifiant}/versions/{numero}/{quoi}/")
        assert (reponse.status_code, reponse["Content-Type"]) == (404, "application/problem+json")
    adresse = urlsplit(depose["liens"][quoi]).path
    assert APIClient().get(adresse).status_code == 401
    assert muni(programme, "depots:ecrire").get(adresse).status_code == 403
    assert machine.post(adresse).status_code == 405
    assert machine.get(adresse, {"format": "csv"}).status_code == 400
    assert machine.get(adresse, HTTP_ACCEPT="text/html").status_code == 406


def test_the_guide_shows_it():
    guide = (PROJET / "docs" / "guides" / "api.md").read_text()
    assert 'versions/1/recu/" -H' in guide
    assert 'versions/1/contenu/" -H' in guide
    assert "sha256sum" in guide
