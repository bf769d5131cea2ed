import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from portal.services_embarques import chemins
from portal.services_embarques.temporaires import services_temporaires


@pytest.fixture
def dossier():
    return Path(f"/tmp/portail-essai-{secrets.token_hex(4)}")


def base(dossier):
    return psycopg.connect(
        host=str(dossier / "sockets"), user="dossier", dbname="dossier", autocommit=True
    )


def enfants(pid):
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def vivant(pid):
    """Whether the process runs; one that has ended but that nobody reaped does not."""
    try:
        etat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return etat.rpartition(") ")[2][0] != "Z"


def lancer(service, dossier, **environnement):
    processus = subprocess.Popen(
        [sys.executable, "-m", "portal.services_embarques", service],
        env={**os.environ, "PORTAIL_DONNEES": str(dossier), **environnement},
        stdout=subprocess.PIPE,
        cwd=chemins.PROJET,
    )
    assert processus.stdout.readline(), f"{service} n'a pas démarré"
    return processus


def arreter(processus):
    processus.terminate()
    assert processus.wait(15) == 0
    processus.stdout.close()


def tuer(processus):
    processus.kill()
    processus.wait()
    processus.stdout.close()


@pytest.fixture
def efface(dossier):
    """Real (durable) data folders for the tests that start the service themselves."""
    dossier.mkdir(mode=0o755)
    yield dossier
    shutil.rmtree(dossier)


@pytest.mark.parametrize("langue", ["", "xx_XX.UTF-8"])
def test_postgres_survives_any_locale_and_both_kills(efface, langue):
    premier = lancer("postgres", efface, LANG=langue, LC_ALL=langue)
    with base(efface) as connexion:
        connexion.execute("CREATE TABLE t AS SELECT 'É' AS v")
    # The supervisor killed hard leaves an orphan server: the next start replaces it.
    (orphelin,) = enfants(premier.pid)
    tuer(premier)
    assert vivant(orphelin)
    second = lancer("postgres", efface)
    assert not vivant(orphelin)
    # The server itself killed hard: its supervisor says so, the next start recovers.
    os.kill(enfants(second.pid)[0], signal.SIGKILL)
    assert second.wait(15) != 0
    second.stdout.close()
    troisieme = lancer("postgres", efface)
    with base(efface) as connexion:
        assert connexion.execute("SELECT v, lower(v) FROM t").fetchone() == ("É", "é")
    arreter(troisieme)


@pytest.mark.livraison
def test_valkey_keeps_everything_through_a_hard_kill(efface):
    premier = lancer("valkey", efface)
    client = redis.Redis(unix_socket_path=str(efface / "sockets" / "valkey.sock"))
    for rang in range(200):
        client.rpush("file", rang)
    os.kill(enfants(premier.pid)[0], signal.SIGKILL)
    assert premier.wait(15) != 0
    premier.stdout.close()
    second = lancer("valkey", efface)
    assert client.llen("file") == 200
    tuer(second)  # leaves an orphan
    troisieme = lancer("valkey", efface)
    assert client.llen("file") == 200
    client.close()
    arreter(troisieme)


def test_two_starts_in_one_folder_refuse_each_other(efface):
    premier = lancer("postgres", efface)
    second = subprocess.run(
        [sys.executable, "-m", "portal.services_embarques", "postgres"],
        env={**os.environ, "PORTAIL_DONNEES": str(efface)},
        capture_output=True,
        text=True,
        check=False,
        cwd=chemins.PROJET,
    )
    assert second.returncode == 1
    assert "tourne déjà" in second.stderr
    base(efface).close()
    arreter(premier)


def test_temporary_services_leave_nothing(dossier):
    with services_temporaires("postgres", dossier=dossier):
        base(dossier).close()
    assert not dossier.exists()


def test_temporary_services_stop_when_their_owner_is_killed(dossier):
    programme = (
        "import pathlib, sys, time\n"
        "from portal.services_embarques.temporaires import services_temporaires\n"
        f"with services_temporaires('postgres', dossier=pathlib.Path({str(dossier)!r})):\n"
        "    print('ok', flush=True); time.sleep(60)\n"
    )
    proprietaire = subprocess.Popen(
        [sys.executable, "-c", programme], stdout=subprocess.PIPE, cwd=chemins.PROJET
    )
    assert proprietaire.stdout.readline() == b"ok\n"
    assert (dossier / "postgres").exists()
    tuer(proprietaire)
    limite = time.monotonic() + 15
    while dossier.exists() and time.monotonic() < limite:
        time.sleep(0.1)
    assert not dossier.exists()


def test_a_deep_project_gets_short_sockets(monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAIL_DONNEES", str(tmp_path / ("long" * 40)))
    assert len(os.fsencode(chemins.dossier_sockets() / ".s.PGSQL.5432")) <= 103
    monkeypatch.setenv("PORTAIL_DONNEES", str(tmp_path / ("autre" * 40)))
    autre = chemins.dossier_sockets()
    monkeypatch.setenv("PORTAIL_DONNEES", str(tmp_path / ("long" * 40)))
    assert chemins.dossier_sockets() != autre


def test_real_servers_replace_the_embedded_ones(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u@base.invalid/d")
    monkeypatch.setenv("REDIS_URL", "redis://file.invalid:6379/1")
    assert chemins.database_url() == "postgres://u@base.invalid/d"
    assert chemins.broker_url() == "redis://file.invalid:6379/1"
