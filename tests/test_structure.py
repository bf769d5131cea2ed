from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from portal.services_embarques.chemins import PROJET

NOTRES = [
    a
    for a in apps.get_app_configs()
    if Path(a.path).is_relative_to(PROJET) and "site-packages" not in a.path
]
ATTENDUES = {
    "socle",
    "comptes",
    "territoires",
    "organismes",
    "aides",
    "dossiers",
    "rapprochement",
    "acheminement",
    "recus",
    "documents",
    "depot",
    "instruction",
}


def test_every_app_is_installed():
    assert {app.label for app in NOTRES} == ATTENDUES


@pytest.mark.parametrize("app", NOTRES, ids=lambda app: app.label)
def test_every_app_has_its_migrations_and_an_empty_room(app):
    assert (Path(app.path) / "migrations" / "__init__.py").exists()
    assert not (Path(app.path) / "__init__.py").read_text()


def test_settings_modules_stay_short():
    for module in (PROJET / "portal" / "settings").glob("*.py"):
        assert len(module.read_text().splitlines()) < 250, module.name


def test_no_page_may_load_from_elsewhere():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = {source for liste in directives.values() for source in liste}
    assert sources == {"'self'", "'none'", "data:"}
