"""The strictness of tests/conftest.py, itself tested: a safety net with a hole is worse."""

import os
import socket
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.template import engines
from django.template.base import Origin, Template
from django.test import override_settings

from portal.services_embarques.chemins import PROJET


def rendre(source, origine):
    moteur = engines["django"].engine
    gabarit = Template(source, origin=Origin(str(origine)), engine=moteur)
    return engines["django"].from_string("{% include gabarit %}").render({"gabarit": gabarit})


def test_an_undefined_variable_of_ours_fails():
    with pytest.raises(AssertionError, match="montnat"):
        rendre("{{ montnat }}", PROJET / "templates" / "essai.html")


def test_an_undefined_variable_of_a_library_is_its_own_business():
    tiers = PROJET / ".venv" / "site-packages" / "tiers" / "essai.html"
    assert rendre("[{{ montnat }}]", tiers) == "[]"


@pytest.mark.django_db
def test_rows_without_an_order_come_in_any_order():
    users = get_user_model().objects
    for rang in range(20):
        users.create_user(f"{rang}@exemple.invalid")
    lectures = {tuple(user.pk for user in users.all()) for _ in range(5)}
    assert len(lectures) > 1
    ranges = {tuple(user.pk for user in users.order_by("pk")) for _ in range(5)}
    assert len(ranges) == 1


def test_nothing_leaves_the_machine():
    with socket.socket() as prise, pytest.raises(AssertionError, match="hors de la machine"):
        prise.connect(("192.0.2.1", 80))


def test_a_skipped_browser_test_fails_in_ci():
    essai = PROJET / "tests" / "essai_saut.py"
    essai.write_text(
        "import pytest\n"
        "@pytest.mark.navigateur\n"
        "def test_saute():\n"
        "    pytest.skip('pas de navigateur')\n"
    )
    # DATABASE_URL stays: the run inside needs no server of its own.
    notres = ("PORTAIL_", "PYTEST_")
    env = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith(notres)}
    try:
        fini = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", str(essai)],
            env={**env, "CI": "true"},
            cwd=PROJET,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        essai.unlink()
    assert fini.returncode == 1, fini.stdout
    assert "test de navigateur sauté" in fini.stdout


def test_every_static_file_that_is_named_exists(tmp_path, settings):
    """The server's storage follows the references of style sheets and refuses a missing one."""
    stockage = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    with override_settings(STORAGES=stockage, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
    assert list((tmp_path / "bootstrap" / "css").glob("bootstrap.min.*.css"))
