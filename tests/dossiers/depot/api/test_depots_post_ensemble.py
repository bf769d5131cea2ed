"""POST /api/v1/depots/ at the same time, or cut short: one dossier, whatever happens."""

import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from dossiers.depot.actes import envois
from dossiers.depot.models import EnvoiApi
from dossiers.models import Demande, Dossier, Notification, VersionDossier
from portal.services_embarques.chemins import PROJET
from portal.socle.models import Evenement
from tests.dossiers.depot.api.conftest import CLE, DEPOTS

pytestmark = pytest.mark.django_db(transaction=True)

ECRITS = (Dossier, VersionDossier, Demande, EnvoiApi, Notification, Evenement)


def deposer(gerante, envoi, cle=CLE):
    client = APIClient()
    client.force_authenticate(gerante)
    return client.post(DEPOTS, envoi, HTTP_IDEMPOTENCY_KEY=cle)


def ensemble(*actes):
    """What each function answers, all called at the same moment in threads of their own."""
    reponses, depart = [], threading.Barrier(len(actes))

    def agir(acte):
        try:
            depart.wait(10)
            reponses.append(acte())
        finally:
            connections.close_all()

    fils = [threading.Thread(target=agir, args=(acte,)) for acte in actes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    assert len(reponses) == len(actes)
    return reponses


def test_two_at_the_same_moment_make_one_dossier(envoi, catalogue, gerante):
    for tour in range(5):
        cle = f"cle-{tour}"
        reponses = ensemble(*[lambda cle=cle: deposer(gerante, envoi, cle)] * 4)
        assert Dossier.objects.count() == EnvoiApi.objects.count() == tour + 1
        faits = [r for r in reponses if r.status_code == 201]
        nouveaux = [r for r in faits if "Idempotency-Replayed" not in r]
        assert len(nouveaux) == 1
        assert all(reponse.json() == faits[0].json() for reponse in faits)
        assert {r.status_code for r in reponses} <= {201, 409}
    assert Demande.objects.count() == 5


def test_two_keys_at_the_same_moment_make_two_dossiers(envoi, catalogue, gerante):
    reponses = ensemble(
        lambda: deposer(gerante, envoi, "une"), lambda: deposer(gerante, envoi, "deux")
    )
    assert [r.status_code for r in reponses] == [201, 201]
    assert Dossier.objects.count() == 2


def test_while_the_first_runs_the_second_is_told_to_come_back(
    envoi, catalogue, gerante, monkeypatch
):
    arrive, repartir, reponses = threading.Event(), threading.Event(), []
    representer = envois.depots_json

    def lente(dossiers):
        arrive.set()
        assert repartir.wait(30)
        return representer(dossiers)

    monkeypatch.setattr(envois, "depots_json", lente)

    def premier():
        try:
            reponses.append(deposer(gerante, envoi))
        finally:
            connections.close_all()

    fil = threading.Thread(target=premier)
    fil.start()
    try:
        assert arrive.wait(30)
        seconde = deposer(gerante, envoi)
        autre = deposer(gerante, envoi | {"titre": "Autre"})
    finally:
        repartir.set()
        fil.join(60)
    for reponse in (seconde, autre):
        assert (reponse.status_code, reponse["Content-Type"]) == (409, "application/problem+json")
        assert reponse.json()["type"] == "urn:portail:probleme:depot-en-cours"
        assert reponse["Retry-After"] == "2"
    assert reponses[0].status_code == 201
    troisieme = deposer(gerante, envoi)
    assert (troisieme.json(), troisieme["Idempotency-Replayed"]) == (reponses[0].json(), "true")
    assert Dossier.objects.count() == 1


def test_a_process_killed_before_the_commit_leaves_nothing_and_frees_its_key(
    envoi, catalogue, gerante
):
    avant = {modele: modele.objects.count() for modele in ECRITS}
    base = connection.settings_dict
    adresse = f"postgres://{base['USER']}@{base['HOST'].replace('/', '%2F')}/{base['NAME']}"
    processus = subprocess.Popen(
        [sys.executable, "-m", "tests.dossiers.depot.api.deposant", gerante.email,
         json.dumps(envoi), CLE],
        cwd=PROJET,
        env={**os.environ, "DATABASE_URL": adresse},
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    with processus:
        assert processus.stdout.readline().strip() == "écrit"
        assert deposer(gerante, envoi).status_code == 409
        processus.send_signal(signal.SIGKILL)
    assert {modele: modele.objects.count() for modele in ECRITS} == avant
    reponse = deposer(gerante, envoi)
    for _ in range(50):
        if reponse.status_code != 409:
            break
        # PostgreSQL learns of the death of its client when it next hears from the socket.
        threading.Event().wait(0.1)
        reponse = deposer(gerante, envoi)
    assert (reponse.status_code, Dossier.objects.count()) == (201, 1)
    assert "Idempotency-Replayed" not in reponse
