"""The processes of `make demo`: real ones, stopped and killed."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.demonstration import processus
from portal.demonstration.processus import (
    EchecDemonstration,
    arreter_restes,
    choisir_port,
    demonstration_unique,
    environnement,
    groupe,
    noter,
)
from portal.services_embarques import chemins
from portal.services_embarques.serveurs import Valkey

pytestmark = pytest.mark.livraison


@pytest.fixture
def donnees(monkeypatch):
    dossier = Path(f"/tmp/portail-demo-{secrets.token_hex(4)}")
    dossier.mkdir(mode=0o755)
    monkeypatch.setenv("PORTAIL_DONNEES", str(dossier))
    yield dossier
    arreter_restes()
    shutil.rmtree(dossier)


def attendre(condition, delai=20):
    limite = time.monotonic() + delai
    while not condition():
        assert time.monotonic() < limite, "délai dépassé"
        time.sleep(0.1)


def restes():
    return list(processus._restes())


def test_a_group_stops_with_its_driver_killed_hard(donnees):
    programme = (
        "import pathlib, time\n"
        "from portal.demonstration.processus import environnement, groupe\n"
        f"with groupe(['valkey'], environnement(8000), pathlib.Path({str(donnees)!r}) / 'log'):\n"
        "    time.sleep(60)\n"
    )
    pilote = subprocess.Popen([sys.executable, "-c", programme], cwd=chemins.PROJET)
    attendre(Valkey().repond)
    pilote.kill()
    pilote.wait()
    attendre(lambda: not Valkey().repond() and not restes())


def test_what_a_killed_guardian_leaves_is_stopped_by_the_next_start(donnees):
    with groupe(["valkey"], environnement(8000), donnees / "log") as gardien:
        attendre(Valkey().repond)
        os.kill(gardien.pid, signal.SIGKILL)
        gardien.wait()
        assert restes()
    arreter_restes()
    assert not restes()
    assert not Valkey().repond()


def test_one_demonstration_at_a_time(donnees):
    with demonstration_unique() as verrou:
        noter(verrou, "http://localhost:8000/")
        with (
            pytest.raises(EchecDemonstration, match="déjà sur http://localhost:8000/"),
            demonstration_unique(),
        ):
            pytest.fail("deux démonstrations à la fois")
    with demonstration_unique() as verrou:
        assert verrou.read() == ""


def adresse_des_liens(**environnement):
    """ADRESSE_PUBLIQUE of a command typed with this environment and the data folder alone."""
    voulus = {"DJANGO_SETTINGS_MODULE": "portal.settings.dev", **environnement}
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings as s; print(s.ADRESSE_PUBLIQUE)"],
        cwd=chemins.PROJET, capture_output=True, text=True, check=True,
        env={n: v for n, v in os.environ.items() if n not in {"PORT", "ADRESSE_PUBLIQUE"}} | voulus,
    ).stdout.strip()  # fmt: skip


def test_a_command_makes_links_to_the_demonstration_that_runs(donnees):
    assert adresse_des_liens() == "http://localhost:8000"
    with demonstration_unique() as verrou:
        assert adresse_des_liens() == "http://localhost:8000"
        noter(verrou, "http://localhost:8123/")
        assert adresse_des_liens() == "http://localhost:8123"
        assert adresse_des_liens(PORT="8200") == "http://localhost:8200"
        choisie = "https://portail.exemple.invalid"
        assert adresse_des_liens(ADRESSE_PUBLIQUE=choisie) == choisie
    assert adresse_des_liens() == "http://localhost:8000"
    # What one killed hard leaves.
    (donnees / "demonstration.verrou").write_text("http://localhost:8123/", encoding="utf-8")
    assert adresse_des_liens() == "http://localhost:8000"


def test_the_port_asked_for_is_taken_or_refused():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        pris = prise.getsockname()[1]
        with pytest.raises(EchecDemonstration, match="déjà pris"):
            choisir_port(str(pris))
    assert choisir_port(str(pris)) == pris
    with pytest.raises(EchecDemonstration, match="n'est pas un numéro"):
        choisir_port("abc")


def test_without_a_port_a_free_one_is_chosen():
    assert processus.port_libre(choisir_port(""))
