"""The committed files are whole and of the edition they say."""

import csv
import hashlib
import json

import pytest

from portal.services_embarques.chemins import PROJET

FIXTURES = PROJET / "fixtures"


def lignes(chemin):
    with (FIXTURES / chemin).open(encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux))


@pytest.mark.parametrize(
    ("chemin", "nombre"),
    [
        ("territoires/regions.csv", 26),
        ("territoires/departements.csv", 109),
        ("territoires/epci.csv", 1255),
        ("territoires/communes.csv", 34_969),
        ("territoires/anciennes.csv", 4_869),
        ("nomenclatures/naf.csv", 1_728),
        ("nomenclatures/formes_juridiques.csv", 309),
    ],
)
def test_counts_of_the_edition(chemin, nombre):
    assert len(lignes(chemin)) == nombre


@pytest.mark.parametrize("jeu", ["territoires", "nomenclatures"])
def test_files_are_those_their_source_describes(jeu):
    source = json.loads((FIXTURES / jeu / "source.json").read_text(encoding="utf-8"))
    assert source["fichiers"]
    for nom, fiche in source["fichiers"].items():
        contenu = (FIXTURES / jeu / nom).read_bytes()
        assert hashlib.sha256(contenu).hexdigest() == fiche["sha256"]


def test_the_732_sub_classes_have_every_level_above_them():
    naf = lignes("nomenclatures/naf.csv")
    codes = {ligne["code"] for ligne in naf}
    sous_classes = [ligne for ligne in naf if ligne["niveau"] == "5"]
    assert len(sous_classes) == 732
    assert {ligne["section"] for ligne in naf} <= codes
    for ligne in sous_classes:
        assert ligne["code"][:-1] in codes
        assert ligne["code"][:2] in codes
    assert {"code": "25.11Z", "niveau": "5", "section": "C"}.items() <= next(
        ligne for ligne in naf if ligne["code"] == "25.11Z"
    ).items()


def test_every_legal_form_has_its_two_levels_above():
    formes = lignes("nomenclatures/formes_juridiques.csv")
    codes = {ligne["code"] for ligne in formes}
    assert [sum(len(code) == n for code in codes) for n in (1, 2, 4)] == [10, 39, 260]
    assert all({code[:1], code[:2]} <= codes for code in codes)
    assert not [ligne for ligne in formes if "&" in ligne["libelle"]]
