import json
from io import StringIO

from django.core.management import call_command

from aides.criteres.faits import VOCABULAIRE


def ecrire(format_):
    sortie = StringIO()
    call_command("faits", format=format_, stdout=sortie)
    return sortie.getvalue()


def test_the_vocabulary_as_json_has_every_fact():
    document = json.loads(ecrire("json"))
    assert (document["format"], document["version"]) == ("dossier-unique/faits", 1)
    assert [fait["code"] for fait in document["faits"]] == list(VOCABULAIRE)
    par_code = {fait["code"]: fait for fait in document["faits"]}
    assert par_code["effectif"]["type"] == "dixiemes"
    assert "immobilier" in par_code["nature_projet"]["choix"]
    assert par_code["chiffre_affaires"]["sans_objet"] is True
    assert par_code["age_mois"]["calcule_depuis"] == ["date_creation"]
    assert all(f["attendu"] for f in document["faits"] if f["repondant"] != "calcul")


def test_the_vocabulary_as_text_names_every_fact():
    lignes = ecrire("texte").splitlines()
    for code, fait in VOCABULAIRE.items():
        assert f"{code} ({fait.type}) : {fait.libelle}" in lignes
