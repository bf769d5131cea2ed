"""`manage.py apparier`: every fault of a file of facts, with its line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.aides.exemples import EXEMPLES, aide, catalogue


def refus(faits, tmp_path):
    fichier = tmp_path / "faits.json"
    fichier.write_text(faits if isinstance(faits, str) else json.dumps(faits, indent=1))
    with pytest.raises(CommandError) as erreur:
        call_command(
            "apparier", faits=fichier, aides=EXEMPLES / "aides.json", le="2026-11-21",
            stdout=StringIO(), stderr=StringIO(),
        )  # fmt: skip
    assert erreur.value.returncode == 2
    return str(erreur.value).splitlines()[1:]


def test_all_faults_are_named_at_once_with_their_lines(reference, tmp_path):
    lignes = refus('{"effectif": 12.5,\n"naf": "25.98Z",\n"forme_juridique": "9999"}', tmp_path)
    assert [ligne.split(" ; ")[0] for ligne in lignes] == [
        "ligne 1 : effectif : écrivez ce nombre entre guillemets : un flottant n’est pas exact",
        "ligne 2 : naf : code inconnu : 25.98Z",
        "ligne 3 : forme_juridique : code inconnu : 9999",
    ]


def test_dates_that_contradict_each_other_are_faults(reference, tmp_path):
    faits = {"date_debut_projet": "2027-02-01", "date_fin_projet": "2027-01-31"}
    (ligne,) = refus(faits, tmp_path)
    assert "date_fin_projet : La fin du projet est avant son début." in ligne


def test_a_zone_that_does_not_exist_is_refused(reference, tmp_path):
    zone = {"type": "en_zone", "fait": "commune_projet", "zone": "ARF", "source": "page"}
    fichier, sortie = tmp_path / "aides.json", StringIO()
    fichier.write_bytes(catalogue(aide(criteres=zone)))
    with pytest.raises(CommandError, match=r"aides/0/criteres/zone : .*zone inconnue : ARF"):
        call_command("apparier", faits=EXEMPLES / "faits.json", aides=fichier, stdout=sortie)
    assert sortie.getvalue() == ""
