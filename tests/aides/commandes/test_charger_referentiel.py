"""The organismes and aides of fixtures/: whole, once, or not at all."""

import json
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aides.models import Aide, VersionAide
from portal.services_embarques.chemins import PROJET
from portal.socle.models import Evenement
from territoires.models import Chargement
from territoires.organismes.models import Competence, Guichet, Organisme


def charger():
    sortie = StringIO()
    call_command("charger_referentiel", stdout=sortie)
    return sortie.getvalue()


@pytest.fixture
def base(settings, tmp_path):
    """A copy of fixtures/ that a test can spoil."""
    settings.BASE_DIR = tmp_path
    fixtures = tmp_path / "fixtures"
    fixtures.mkdir()
    shutil.copytree(PROJET / "fixtures" / "aides", fixtures / "aides")
    for fichier in (PROJET / "fixtures").glob("organismes*.json"):
        shutil.copy(fichier, fixtures)
    shutil.copytree(PROJET / "docs" / "schemas", tmp_path / "docs" / "schemas")
    return fixtures


def modifier(fichier, changer):
    document = json.loads(fichier.read_text(encoding="utf-8"))
    changer(document)
    fichier.write_text(json.dumps(document), encoding="utf-8")


def test_the_real_catalogue_loads_once(reference):
    assert "organismes" in charger()
    assert Aide.objects.count() == VersionAide.objects.count() >= 45
    assert Organisme.objects.count() >= 20
    assert Guichet.objects.exists()
    assert Competence.objects.exists()
    evenements = Evenement.objects.count()
    with CaptureQueriesContext(connection) as prises:
        assert charger().strip() == "Organismes et aides : déjà à jour."
    assert len(prises) <= 4
    assert Evenement.objects.count() == evenements


def test_a_changed_file_changes_only_what_it_says(reference, base):
    charger()
    Chargement.objects.filter(jeu="catalogue").update(empreinte="")
    avant = Evenement.objects.count()
    charger()
    assert not VersionAide.objects.filter(numero=2).exists()
    assert Evenement.objects.count() == avant + 1
    modifier(base / "aides" / "occitanie.json", lambda d: d["aides"][0].update(titre="Changé"))
    charger()
    assert VersionAide.objects.get(numero=2).titre == "Changé"


def test_the_contact_data_that_a_desk_confirmed_stay(reference, base):
    charger()
    guichet = Guichet.objects.order_by("code")[0]
    guichet.a_confirmer, guichet.courriel = False, "vrai@guichet.exemple.invalid"
    guichet.save()
    modifier(base / "organismes.json", lambda d: d["organismes"][0].update(nom="Renommé"))
    charger()
    guichet.refresh_from_db()
    assert (guichet.a_confirmer, guichet.courriel) == (False, "vrai@guichet.exemple.invalid")
    assert Organisme.objects.filter(nom="Renommé").exists()


def test_competences_become_those_of_the_file(reference, base):
    charger()
    nombre = Competence.objects.count()
    modifier(base / "organismes.json", lambda d: d["competences"].pop())
    charger()
    assert Competence.objects.count() == nombre - 1


@pytest.mark.parametrize(
    ("fichier", "changer", "attendu"),
    [
        ("aides/occitanie.json", lambda d: d["aides"][3].update(nature="x"), "aides/3/nature"),
        ("organismes.json", lambda d: d["organismes"][0].update(siren="123456789"),
         "organismes/0/siren : SIREN invalide : 123456789"),
        ("organismes.json", lambda d: d["guichets"][0].update(organisme="nul"),
         "guichets/0/organisme : organisme inconnu : nul"),
        ("organismes.json", lambda d: d["competences"][0].update(guichet="nul"),
         "competences/0/guichet : guichet inconnu : nul"),
        ("organismes.json", lambda d: d["competences"][0].update(perimetre="REG-99"),
         "lieu inconnu : REG-99"),
        ("organismes.json", lambda d: d["competences"][0].update(fin="1999-01-01"),
         "la fin précède le début"),
        ("organismes.json", lambda d: d["organismes"].append(d["organismes"][0]),
         "code donné deux fois"),
    ],
)  # fmt: skip
def test_a_broken_file_loads_nothing(reference, base, fichier, changer, attendu):
    modifier(base / fichier, changer)
    with pytest.raises(CommandError) as refus:
        charger()
    assert attendu in str(refus.value)
    assert fichier.split("/")[-1] in str(refus.value)
    assert not Organisme.objects.exists()
    assert not Aide.objects.exists()
    assert not Evenement.objects.filter(verbe__endswith="_cree").exists()


def test_one_aide_in_two_files_loads_nothing(reference, base):
    shutil.copy(base / "aides" / "occitanie.json", base / "aides" / "zdouble.json")
    with pytest.raises(CommandError, match="est déjà dans un autre fichier"):
        charger()
    assert not Aide.objects.exists()


def test_our_catalogue_names_no_zone_that_nobody_knows(reference):
    erreurs = StringIO()
    call_command("charger_referentiel", stdout=StringIO(), stderr=erreurs)
    assert erreurs.getvalue() == ""
