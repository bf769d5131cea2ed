"""Metrics, alerts, alive and ready: what machines read, and what they must not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from dossiers.acheminement.bureau import sante
from dossiers.acheminement.bureau.sante import en_retard_depuis
from dossiers.acheminement.models import Disjoncteur, Echec
from portal.services_embarques.chemins import PROJET
from portal.socle.journal import consigner
from tests.fabriques import (
    AcheminementFabrique,
    DemandeFabrique,
    DisjoncteurFabrique,
    EchecFabrique,
    il_y_a,
)

pytestmark = pytest.mark.django_db
ALERTES = PROJET / "docs" / "exemples" / "alertes-prometheus.yml"
JETON = "jeton-fictif"
TOLERANCE = timedelta(minutes=5)


def mesures(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    """Metric -> values of its labels -> value, as Prometheus reads the page."""
    reponse = client.get("/metrics")
    assert reponse.status_code == 200
    lues: dict[str, dict[tuple[str, ...], float]] = {}
    for famille in text_string_to_metric_families(reponse.content.decode()):
        for echantillon in famille.samples:
            cle = tuple(echantillon.labels.values())
            lues.setdefault(echantillon.name, {})[cle] = echantillon.value
    return lues


# ------------------------------------------------------------------ metrics


def test_the_numbers_are_those_of_the_database(client: Client) -> None:
    remise = AcheminementFabrique(remis=True, remise_le=il_y_a(hours=2))
    isole = AcheminementFabrique(isole=True)
    AcheminementFabrique(prochaine_tentative=il_y_a(minutes=1))
    AcheminementFabrique(a_la_main=True)
    DisjoncteurFabrique(guichet=isole.guichet)
    EchecFabrique(acheminement=isole, genre=Echec.Genre.MORT)
    consigner(verbe="deposer_demande", objet=remise.demande)
    lues = mesures(client)
    assert lues["portail_demandes_deposees"][()] == 1
    assert lues["portail_demandes"] == {
        ("accusees",): 0, ("en_attente",): 3, ("en_quarantaine",): 1, ("retirees",): 0,
    }  # fmt: skip
    assert lues["portail_demandes_perdues"][()] == -3
    assert lues["portail_acheminements_a_remettre"]["portail",] == 1
    assert lues["portail_acheminements_non_accuses"]["portail",] == 2
    assert 7200 <= lues["portail_acheminements_non_accuses_age_secondes"]["portail",] < 7300
    assert lues["portail_acheminements_quarantaine"]["portail",] == 1
    assert lues["portail_acheminements_taches_humaines"]["portail",] == 1
    assert 60 <= lues["portail_plus_ancienne_due_secondes"][()] < 120
    assert lues["portail_disjoncteur_ouvert"] == {("portail", isole.guichet.code): 1}
    assert lues["portail_remises_total"]["portail",] == 2
    assert lues["portail_echecs_total"]["mort",] == 1
    assert lues["portail_pret"][()] == 1


def test_every_metric_of_the_alert_rules_exists(client: Client) -> None:
    DisjoncteurFabrique()
    lues = mesures(client)
    regles = yaml.safe_load(ALERTES.read_text(encoding="utf-8"))
    expressions = [regle["expr"] for groupe in regles["groups"] for regle in groupe["rules"]]
    nommees = {nom for texte in expressions for nom in re.findall(r"portail_\w+", texte)}
    assert len(expressions) > 5
    assert nommees <= set(lues), nommees - set(lues)
    genres = {genre for texte in expressions for liste in re.findall(r'genre=~"([^"]+)"', texte)
              for genre in liste.split("|")}  # fmt: skip
    assert genres <= {cle[0] for cle in lues["portail_echecs_total"]}


def test_every_metric_and_every_alert_is_in_the_guide(client: Client) -> None:
    guide = (PROJET / "docs" / "exploitation.md").read_text(encoding="utf-8")
    DisjoncteurFabrique()
    regles = yaml.safe_load(ALERTES.read_text(encoding="utf-8"))
    alertes = {regle["alert"] for groupe in regles["groups"] for regle in groupe["rules"]}
    for nom in {*mesures(client), *alertes}:
        assert f"`{nom}`" in guide, nom


def test_without_a_token_only_this_machine_reads_them(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    # Behind a proxy of this machine everybody comes from it.
    assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 403
    assert client.post("/metrics").status_code == 405


@pytest.mark.parametrize(
    ("entete", "statut"),
    [
        (None, 401),
        ("Bearer autre", 401),
        (f"Basic {JETON}", 401),
        ("Bearer é", 401),
        (f"Bearer {JETON}", 200),
        (f"bearer {JETON}", 200),
    ],
)
def test_with_a_token_whoever_has_it_reads_them(
    client: Client, entete: str | None, statut: int
) -> None:
    entetes = {"authorization": entete} if entete else {}
    with override_settings(JETON_METRIQUES=JETON):
        reponse = client.get("/metrics", headers=entetes, REMOTE_ADDR="192.0.2.7")
    assert reponse.status_code == statut
    if statut == 401:
        assert reponse["WWW-Authenticate"].startswith("Bearer")


def test_the_numbers_tell_of_nobody(client: Client) -> None:
    etape = AcheminementFabrique(isole=True)
    texte = client.get("/metrics").content.decode()
    for personnel in (etape.demande.numero, etape.demande.dossier.entreprise.nom, "@"):
        assert personnel not in texte


@pytest.mark.parametrize("nombre", [1, 7])
def test_a_scrape_costs_the_same_whatever_there_is(
    client: Client, nombre: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(nombre):
        DisjoncteurFabrique(guichet=AcheminementFabrique(isole=True).guichet)
    with django_assert_num_queries(21):
        client.get("/metrics")


# ------------------------------------------------------------------ late, or explained


def en_retard() -> datetime | None:
    return en_retard_depuis(timezone.now(), TOLERANCE)


def test_what_is_due_for_too_long_is_late() -> None:
    AcheminementFabrique(prochaine_tentative=il_y_a(minutes=4))
    assert en_retard() is None
    etape = AcheminementFabrique(prochaine_tentative=il_y_a(minutes=6))
    assert en_retard() == etape.prochaine_tentative
    demande = DemandeFabrique(prochaine_tentative=il_y_a(minutes=9))
    assert en_retard() == demande.prochaine_tentative


def test_the_human_queue_is_not_late() -> None:
    DemandeFabrique(sans_guichet=True, prochaine_tentative=il_y_a(days=2))
    assert en_retard() is None


def test_a_backoff_a_lease_and_a_breaker_explain_a_wait() -> None:
    AcheminementFabrique(derniere_erreur="x", prochaine_tentative=timezone.now() + TOLERANCE)
    AcheminementFabrique(
        prochaine_tentative=il_y_a(hours=1),
        jeton="0b3f9a52-5c2b-4ad4-8a2c-8f6f8e0b7d11",
        bail_jusqu_a=timezone.now() + timedelta(minutes=1),
    )
    coupe = AcheminementFabrique(prochaine_tentative=il_y_a(hours=1))
    DisjoncteurFabrique(guichet=coupe.guichet)
    assert en_retard() is None


def test_what_waited_for_a_breaker_is_late_some_time_after_it_closed() -> None:
    coupe = AcheminementFabrique(prochaine_tentative=il_y_a(hours=1))
    DisjoncteurFabrique(guichet=coupe.guichet)
    Disjoncteur.objects.all().refermer(timezone.now())
    assert en_retard() is None
    Disjoncteur.objects.update(ouvert_jusqu_a=il_y_a(minutes=6))
    assert en_retard() == coupe.prochaine_tentative


def test_the_breaker_of_another_channel_explains_nothing() -> None:
    etape = AcheminementFabrique(prochaine_tentative=il_y_a(hours=1))
    DisjoncteurFabrique(guichet=etape.guichet, canal="courriel")
    assert en_retard() == etape.prochaine_tentative


# ------------------------------------------------------------------ alive and ready


def test_alive_asks_nothing_of_the_database(
    client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(0):
        reponse = client.get("/sante/")
    assert (reponse.status_code, reponse.json()) == (200, {"vivant": True})
    assert "no-store" in reponse["Cache-Control"]


def test_ready_when_nothing_is_late_in_four_queries(
    client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(4):
        reponse = client.get("/sante/pret/")
    assert reponse.status_code == 200
    assert reponse.json() == {
        "pret": True,
        "base": True,
        "migrations_manquantes": 0,
        "retard_secondes": 0,
        "tolerance_secondes": 300,
        "raisons": [],
    }


def test_not_ready_when_something_due_is_left(client: Client) -> None:
    AcheminementFabrique(prochaine_tentative=il_y_a(minutes=6))
    reponse = client.get("/sante/pret/")
    assert reponse.status_code == 503
    assert 360 <= reponse.json()["retard_secondes"] < 400
    assert "il y a 6 minutes" in reponse.json()["raisons"][0]
    with override_settings(RETARD_TOLERE=900):
        assert client.get("/sante/pret/").status_code == 200


def test_not_ready_when_a_migration_is_missing(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="acheminement", name="0001_structure").delete()
    reponse = client.get("/sante/pret/")
    assert reponse.status_code == 503
    assert reponse.json()["migrations_manquantes"] == 1


def test_not_ready_when_the_database_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def muette(*args: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(sante, "en_retard_depuis", muette)
    reponse = client.get("/sante/pret/")
    assert reponse.status_code == 503
    assert reponse.json()["base"] is False
    assert "connection refused" not in reponse.content.decode()


def test_the_command_says_the_same_and_exits_with_1() -> None:
    sortie = StringIO()
    call_command("sante", stdout=sortie)
    assert json.loads(sortie.getvalue())["pret"] is True
    AcheminementFabrique(prochaine_tentative=il_y_a(minutes=6))
    with pytest.raises(SystemExit) as fin:
        call_command("sante", stdout=StringIO())
    assert fin.value.code == 1
