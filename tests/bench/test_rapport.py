"""What a run leaves: structure only, never a time."""

import json
import re
from xml.etree import ElementTree

from bench.graphique import Courbe, Panneau, svg
from bench.mesure import Epreuve, droite, tours
from bench.rapport import DEBUT, FIN, Chiffre, ecrire_json, inserer, lignes, nombre
from portal.services_embarques.chemins import PROJET

CHIFFRES = [
    Chiffre("course", "Une course", "A race", 0.41234, "ms", "pair", 123.456, "≥ 100", True),
    Chiffre("poids", "  un poids", "a weight", 1480, "Mo", cible="≤ 64 Mo", tenue=False),
]
SVG = {"svg": "http://www.w3.org/2000/svg"}


def test_numbers_are_written_in_french_with_three_figures():
    assert [nombre(n) for n in (0.41234, 1.234, 35.21, 123.4, 15181)] == [
        "0,412", "1,23", "35,2", "123", "15 181",
    ]  # fmt: skip


def test_the_lines_say_the_aim_and_whether_it_is_met():
    entete, course, poids = lignes(CHIFFRES)
    assert "cible" in entete
    assert re.search(r"Une course +0,412 ms +× 123 \(pair\) +≥ 100 +tenue", course)
    assert poids.endswith("MANQUÉE")


def test_results_have_five_keys_each(tmp_path):
    ecrire_json(CHIFFRES, tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text()) == [
        {"nom": "course", "valeur": 0.4123, "unite": "ms", "pair": "pair", "rapport": 123.5},
        {"nom": "poids", "valeur": 1480.0, "unite": "Mo", "pair": None, "rapport": None},
    ]


def test_the_table_replaces_what_lies_between_the_marks(tmp_path):
    fichier = tmp_path / "README.md"
    fichier.write_text(f"avant\n{DEBUT}\nvieux\n{FIN}\naprès\n")
    inserer(CHIFFRES, fichier)
    une_fois = fichier.read_text()
    assert "vieux" not in une_fois
    assert "| A race | 0.412 ms | × 123, pair | ≥ 100 |" in une_fois
    assert une_fois.startswith("avant\n")
    assert une_fois.endswith("\naprès\n")
    inserer(CHIFFRES, fichier)
    assert fichier.read_text() == une_fois


def test_the_picture_has_a_curve_and_a_name_for_each():
    courbes = [
        Courbe("portail <ici>", ((1_000, 0.2), (10_000, 0.4)), pleine=True),
        Courbe("pair", ((1_000, 8.0), (10_000, 80.0))),
        Courbe("autre", ((1_000, 8.1), (10_000, 81.0))),
    ]
    image = ElementTree.fromstring(svg([Panneau("Titre", "aides", courbes)] * 2, "t", "d"))  # noqa: S314
    assert len(image.findall(".//svg:path[@class='courbe pleine c0']", SVG)) == 2
    assert len(image.findall(".//svg:path[@class='courbe c1']", SVG)) == 2
    textes = [texte.text for texte in image.findall(".//svg:text", SVG)]
    assert textes.count("portail <ici>") == 2
    noms = [t for t in image.findall(".//svg:text", SVG) if t.text in ("pair", "autre")][:2]
    hauteurs = sorted(float(nom.attrib["y"]) for nom in noms)
    assert hauteurs[1] - hauteurs[0] >= 15
    assert "prefers-color-scheme:dark" in image.find("svg:style", SVG).text


def test_turns_call_each_in_its_place_and_go_back():
    appels = []
    temps = tours(
        {
            "a": Epreuve(lambda n: appels.append(f"a{n}"), 2),
            "b": Epreuve(lambda n: appels.append("b")),
        },
        2,
    )
    assert appels == ["a0", "a0", "b", "b", "a1", "a1"]
    assert temps.keys() == {"a", "b"}
    assert droite([(0, 1), (1, 3), (2, 5)]) == (1, 2)


def test_the_repository_holds_the_results_and_shows_them():
    resultats = json.loads((PROJET / "bench" / "resultats.json").read_text())
    assert [chiffre["nom"] for chiffre in resultats[:2]] == [
        "appariement_10000_explique", "inverse_1000000_sql",
    ]  # fmt: skip
    assert all(
        chiffre.keys() == {"nom", "valeur", "unite", "pair", "rapport"} for chiffre in resultats
    )
    lisez_moi = (PROJET / "README.md").read_text()
    assert "docs/images/bench.svg" in lisez_moi
    assert lisez_moi.count(DEBUT) == lisez_moi.count(FIN) == 1
    assert (PROJET / "docs" / "images" / "bench.svg").exists()
