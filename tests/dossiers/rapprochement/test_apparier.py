"""`manage.py apparier`: facts in a file against the catalogue or a file of aides."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aides.models import Aide
from tests.aides.exemples import EXEMPLES, aide, catalogue, exemple


def apparier(faits=EXEMPLES / "faits.json", **options):
    sortie = StringIO()
    arguments = [f"--{cle}={valeur}" for cle, valeur in options.items()]
    call_command("apparier", f"--faits={faits}", *arguments, stdout=sortie)
    return json.loads(sortie.getvalue())


def test_a_file_of_aides_is_matched_and_not_stored(reference):
    resultat = apparier(aides=EXEMPLES / "aides.json", le="2026-11-21")
    assert resultat["le"] == "2026-11-21"
    ateliers, diagnostic = resultat["aides"]
    assert (ateliers["code"], ateliers["issue"]) == ("fictive-ateliers", "a_completer")
    assert (diagnostic["issue"], diagnostic["preuve"]["verdict"]) == ("non_eligible", "non")
    # An aide that refuses the project promises it nothing.
    assert diagnostic["montant"] == {"maximum": None, "texte": "", "lignes": []}
    (lu,) = diagnostic["preuve"]["faits"]
    assert (lu["code"], lu["valeur"]) == ("effectif", "12.5")
    assert not Aide.objects.exists()


def test_without_a_file_it_is_the_open_catalogue(organismes):
    call_command("importer_aides", str(EXEMPLES / "aides.json"), stdout=StringIO())
    en_base = apparier(le="2026-11-21")["aides"]
    du_fichier = apparier(le="2026-11-21", aides=EXEMPLES / "aides.json")["aides"]
    # The second one completes the first: it is no aide of its own.
    assert en_base == du_fichier[:1]
    assert apparier(le="2025-06-01")["aides"] == []


def test_the_same_facts_give_the_same_answer_on_the_same_day(reference):
    jour = {"aides": EXEMPLES / "aides.json", "le": "2026-03-01"}
    assert apparier(**jour) == apparier(**jour)


@pytest.mark.parametrize(
    ("faits", "attendu"),
    [
        ({"effectif": "douze"}, "effectif : nombre mal formé"),
        ({"effectif": "12", "inconnu": 1, "naf": "x"}, "inconnu : fait inconnu"),
        ({"commune_projet": "99999"}, "commune inconnue : 99999"),
        ({"date_creation": "2026-02-30"}, "date"),
        ([], "un objet JSON est attendu"),
    ],
)
def test_bad_facts_are_named_and_exit_with_2(reference, tmp_path, faits, attendu):
    fichier = tmp_path / "faits.json"
    fichier.write_text(json.dumps(faits))
    with pytest.raises(CommandError, match=attendu) as refus:
        apparier(fichier, aides=EXEMPLES / "aides.json")
    assert refus.value.returncode == 2


@pytest.mark.parametrize("texte", ["", "{", '{"effectif": NaN}', '{"effectif": 1.5}', "[1"])
def test_what_is_not_strict_json_exits_with_2(reference, tmp_path, texte):
    fichier = tmp_path / "faits.json"
    fichier.write_text(texte)
    with pytest.raises(CommandError, match="ligne 1") as refus:
        apparier(fichier, aides=EXEMPLES / "aides.json")
    assert refus.value.returncode == 2


@pytest.mark.parametrize("le", ["demain", "2026-13-01", "21/11/2026"])
def test_a_bad_day_exits_with_2(reference, le):
    with pytest.raises(CommandError, match="--le") as refus:
        apparier(le=le)
    assert refus.value.returncode == 2


def test_a_broken_file_of_aides_is_named_with_its_place(reference, tmp_path):
    fichier = tmp_path / "aides.json"
    fichier.write_bytes(catalogue(aide(), aide(code="b", perimetre="REG-99")))
    with pytest.raises(CommandError, match="aides/1/perimetre : « b »") as refus:
        apparier(aides=fichier)
    assert refus.value.returncode == 2


def test_facts_may_be_null_or_not_applicable(reference, tmp_path):
    fichier = tmp_path / "faits.json"
    fichier.write_text(json.dumps({**exemple("faits"), "effectif": None}))
    diagnostic = apparier(fichier, aides=EXEMPLES / "aides.json")["aides"][1]
    assert (diagnostic["issue"], diagnostic["manquants"]) == ("a_completer", ["effectif"])


def test_a_missing_file_exits_with_2(reference, tmp_path):
    with pytest.raises(CommandError, match=r"absent\.json") as refus:
        apparier(tmp_path / "absent.json")
    assert refus.value.returncode == 2
