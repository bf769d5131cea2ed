"""The strictness of tests/conftest.py, itself tested: a safety net with a hole is worse."""

import ast
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

#: Ways of a browser test to look at a page that may not be there yet (tests/navigateur.py says
#: what to do instead); `wait_for_function` besides needs the eval that our policy forbids.
TROP_TOT = {
    "all_inner_texts", "all_text_contents", "evaluate", "evaluate_all", "get_attribute",
    "inner_html", "inner_text", "input_value", "is_checked", "is_disabled", "is_editable",
    "is_enabled", "is_hidden", "is_visible", "text_content", "title",
}  # fmt: skip
ATTENTES_AVEUGLES = {"wait_for_function", "wait_for_timeout", "query_selector", "wait_for_selector"}


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


def regards_presses(source):
    """The lines of a browser test that read the page without waiting for what it should say."""
    arbre = ast.parse(source)
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Attribute) and noeud.attr in ATTENTES_AVEUGLES:
            yield noeud.lineno
        if not isinstance(noeud, ast.Assert):
            continue
        for lu in ast.walk(noeud.test):
            if not isinstance(lu, ast.Attribute):
                continue
            compte = lu.attr == "count" and any(
                isinstance(x, ast.Attribute) and x.attr.startswith(("get_by_", "locator"))
                for x in ast.walk(lu.value)
            )
            if compte or lu.attr in TROP_TOT or ast.unparse(lu).endswith("page.url"):
                yield lu.lineno


@pytest.mark.parametrize(
    ("ligne", "fautive"),
    [
        ("page.wait_for_function('document.complete')", True),
        ("page.wait_for_timeout(500)", True),
        ("assert page.get_by_role('link').count() == 1", True),
        ("assert page.locator('#q').input_value() == 'x'", True),
        ("assert page.evaluate('document.activeElement.id') == 'q'", True),
        ("assert visite.page.url.endswith('/suivi/')", True),
        ("expect(page.get_by_role('link')).to_have_count(1)", False),
        ("assert Demande.objects.filter(etat='remise').count() == 1", False),
        ("visite.suivre(page.get_by_role('link'))", False),
    ],
)
def test_what_looks_too_soon_is_seen(ligne, fautive):
    assert bool(list(regards_presses(ligne))) is fautive


@pytest.mark.parametrize(
    "chemin",
    [
        chemin
        for chemin in sorted((PROJET / "tests").rglob("*.py"))
        if "navigateur" in chemin.read_text() and chemin.name != "navigateur.py"
    ],
    ids=lambda chemin: str(chemin.relative_to(PROJET / "tests")),
)
def test_browser_tests_wait_for_what_they_look_at(chemin):
    presses = sorted(set(regards_presses(chemin.read_text())))
    assert not presses, f"lignes {presses} : attendre avec expect, Visite.suivre ou patienter"
