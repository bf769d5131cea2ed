"""Tests that can be trusted: strict by construction, on a private PostgreSQL and Valkey.

An undefined variable in one of our templates fails; unordered querysets are shuffled; warnings
are errors (pyproject.toml); nothing leaves the machine; a skipped browser test fails in CI.
"""

import gc
import inspect
import ipaddress
import os
import random
import secrets
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.template import base as template_base
from django.template import engines
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from portal.services_embarques.chemins import PROJET
from portal.services_embarques.temporaires import services_temporaires
from territoires.chargement import JEUX, charger
from tests.navigateur import chromium, visiter  # noqa: F401  (fixtures of every room)

hypothesis_settings.register_profile("local", max_examples=50, deadline=None)
hypothesis_settings.register_profile("ci", max_examples=200, deadline=None, print_blob=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")

GRAINE = int(os.environ.get("GRAINE", "20261121"))
SERVICES = pytest.StashKey[ExitStack]()


def dossier_tests() -> Path:
    return Path(os.environ["PORTAIL_TESTS"])


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once for all parallel workers, unless a real server is named."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    pile = config.stash.setdefault(SERVICES, ExitStack())
    if str(dossier_tests()) in str(settings.DATABASES["default"]["HOST"]):
        # What is proved by killing processes is proved on a server that keeps its promises.
        durable = os.environ.get("CHAOS") == "1"
        pile.enter_context(
            services_temporaires("postgres", dossier=dossier_tests(), durable=durable)
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVICES in config.stash:
        config.stash[SERVICES].close()


def pytest_collection_finish() -> None:
    """What is loaded now stays to the end: searching it for garbage again and again took 7 % of
    the tests' time, and a fifth of the migrations'."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture
def valkey(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Valkey of this test's own, empty: its supervisor (`Popen`), to stop or to kill.

    Processes started by the test find it in REDIS_URL.
    """
    dossier = dossier_tests().with_name(f"{dossier_tests().name}-v{secrets.token_hex(3)}")
    with services_temporaires("valkey", dossier=dossier) as services:
        monkeypatch.setenv("REDIS_URL", f"unix://{dossier / 'sockets' / 'valkey.sock'}")
        yield services["valkey"]


# --- Templates: no undefined variable in ours -------------------------------------------------


class VariableInconnue(str):
    """Stands for `string_if_invalid`: raises when the template that lacks a variable is ours."""

    __slots__ = ()

    def __mod__(self, variable: Any) -> str:
        origine = _template_en_cours()
        if origine is not None and _est_a_nous(origine):
            raise AssertionError(f"variable inconnue « {variable} » dans {origine}")
        return ""


def _template_en_cours() -> str | None:
    """Return the path of the innermost template being rendered, read off the call stack."""
    cadre = inspect.currentframe()
    while cadre is not None:
        noeud = cadre.f_locals.get("self")
        if isinstance(noeud, template_base.Node) and getattr(noeud, "origin", None):
            return str(noeud.origin.name)
        cadre = cadre.f_back
    return None


def _est_a_nous(origine: str) -> bool:
    return origine.startswith(f"{PROJET}/") and "site-packages" not in origine


@pytest.fixture(autouse=True, scope="session")
def _templates_stricts() -> None:
    # The engine may have been built already, and may be built again by a change of settings.
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = VariableInconnue("%s")
    engines["django"].engine.string_if_invalid = VariableInconnue("%s")


# --- Querysets: no order that nobody asked for ------------------------------------------------


def _melange(lire: Callable[[Any], None], hasard: random.Random) -> Callable[[Any], None]:
    nos_modeles = {
        modele
        for app in apps.get_app_configs()
        if _est_a_nous(app.path + "/")
        for modele in app.get_models()
    }

    def _fetch_all(queryset: Any) -> None:
        frais = queryset._result_cache is None
        lire(queryset)
        if frais and queryset.model in nos_modeles and not queryset.ordered:
            hasard.shuffle(queryset._result_cache)

    return _fetch_all


@pytest.fixture(autouse=True, scope="session")
def _querysets_melanges() -> Iterator[None]:
    lire = QuerySet._fetch_all
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "_fetch_all", _melange(lire, random.Random(GRAINE)))
        yield


# --- Network: this machine only ---------------------------------------------------------------


def _est_local(famille: int, adresse: Any) -> bool:
    if famille == socket.AF_UNIX:
        return True
    hote = adresse[0]
    try:
        return ipaddress.ip_address(hote).is_loopback
    except ValueError:
        return bool(hote == "localhost")


@pytest.fixture(autouse=True, scope="session")
def _reseau_local() -> Iterator[None]:
    def garder(appel: Callable[..., Any]) -> Callable[..., Any]:
        def connecter(self: socket.socket, adresse: Any) -> Any:
            assert _est_local(self.family, adresse), f"connexion hors de la machine : {adresse}"
            return appel(self, adresse)

        return connecter

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", garder(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", garder(socket.socket.connect_ex))
        yield


# --- Database ---------------------------------------------------------------------------------


#: What the migrations wrote: no test changes it, and writing it again is most of Django's flush.
GARDEES = {"django_migrations", "django_content_type", "auth_permission"}


def vider_la_base(_: TransactionTestCase | None = None) -> None:
    """Leave no row of a transactional test, whatever triggers say (the journal's refuse it)."""
    tables = set(connection.introspection.django_table_names(only_existing=True)) - GARDEES
    lignes = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})"  # noqa: S608
        for table in sorted(tables)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(lignes)
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


@pytest.fixture(autouse=True, scope="session")
def _base_vite_videe() -> Iterator[None]:
    """TRUNCATE makes every table and index anew: too long for the few rows of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", vider_la_base)
        yield


def charger_la_reference() -> None:
    for jeu in JEUX:
        charger(jeu, PROJET / "fixtures")


@pytest.fixture(scope="module")
def _reference_chargee(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), transaction.atomic():
        charger_la_reference()


@pytest.fixture
def reference(_reference_chargee: None, db: None) -> None:
    """All real communes, EPCI, activities and legal forms.

    Loaded, which takes seconds, where they are not there any more: by the first test of a file,
    for those that follow, unless a transactional test of the same file has emptied the tables.
    They stay for the tests of other files: one that does not ask for them counts on neither.
    """
    charger_la_reference()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order in which they last least, all together.

    Those on the real places come before a transactional test empties the tables; then those that
    take longest: with the short ones at the end, parallel workers stop together.
    """
    rangs: dict[Path, int] = {}
    for item in items:
        if "reference" in getattr(item, "fixturenames", ()):
            rang = 0
        else:
            rang = 1 if any(map(item.get_closest_marker, ("navigateur", "livraison"))) else 2
        rangs[item.path] = min(rang, rangs.get(item.path, rang))
    items.sort(key=lambda item: rangs[item.path])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """In CI a browser test that could not run is a failure: nobody reads skips."""
    rapport = (yield).get_result()
    if (
        os.environ.get("CI") == "true"
        and rapport.skipped
        and not hasattr(rapport, "wasxfail")
        and item.get_closest_marker("navigateur")
    ):
        rapport.outcome = "failed"
        rapport.longrepr = f"test de navigateur sauté : {rapport.longrepr}"
