"""A small fictitious package, reduced as the real one is."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from territoires.reduction import SourceInattendue, reduire_decoupage, reduire_naf


def commune(code, nom, **autres):
    return {
        "code": code,
        "nom": nom,
        "departement": "31",
        "region": "76",
        "type": "commune-actuelle",
        **autres,
    }


@pytest.fixture
def contenu():
    return {
        "regions": [{"code": "76", "nom": "Région Fictive", "zone": "metro"}],
        "departements": [{"code": "31", "nom": "Département Fictif", "region": "76"}],
        "epci": [
            {
                "code": "200000000",
                "nom": "CC Fictive",
                "type": "CC",
                "membres": [{"code": "31902"}, {"code": "31901"}],
            }
        ],
        "communes": [
            commune("31902", "Villebis", siren="213190202", population=12, codesPostaux=["31990"]),
            commune("31901", "Villeneuve-Fictive", anciensCodes=["31903", "31905"]),
            commune("31901", "Vieux-Bourg", type="commune-deleguee", chefLieu="31901"),
            commune("31905", "Partie", type="commune-associee", chefLieu="31902"),
            commune("31951", "1er", type="arrondissement-municipal", commune="31902"),
        ],
    }


@pytest.fixture
def paquet(tmp_path, contenu):
    def ecrire():
        (tmp_path / "data").mkdir(exist_ok=True)
        for nom, objets in contenu.items():
            (tmp_path / "data" / f"{nom}.json").write_text(json.dumps(objets))
        (tmp_path / "package.json").write_text('{"name": "@fictif/paquet", "version": "0.0.1"}')
        return tmp_path

    return ecrire


def test_only_present_communes_are_communes_and_the_rest_points_to_them(paquet):
    tables = reduire_decoupage(paquet())
    assert tables["communes.csv"] == [
        ("31901", "Villeneuve-Fictive", "31", "200000000", "", "", ""),
        ("31902", "Villebis", "31", "200000000", "213190202", "12", "31990"),
    ]
    assert tables["anciennes.csv"] == [
        ("31901", "Vieux-Bourg", "deleguee", "31901"),
        ("31903", "", "ancienne", "31901"),
        # Handed over since: its present attachment, not the merger it came from.
        ("31905", "Partie", "associee", "31902"),
        ("31951", "1er", "arrondissement", "31902"),
    ]


def test_the_command_writes_the_same_bytes_twice(paquet, tmp_path):
    ecrits = []
    for vers in (tmp_path / "un", tmp_path / "deux"):
        call_command(
            "reduire_territoires", paquet(), millesime="2099", vers=vers, stdout=io.StringIO()
        )
        ecrits.append({chemin.name: chemin.read_bytes() for chemin in vers.iterdir()})
    assert ecrits[0] == ecrits[1]
    source = json.loads(ecrits[0]["source.json"])
    assert source["millesime"] == "2099"
    assert source["fichiers"]["communes.csv"]["lignes"] == 2


def casser_double_epci(contenu):
    contenu["epci"].append({**contenu["epci"][0], "code": "200000001"})


def casser_departement(contenu):
    contenu["communes"][0]["departement"] = "99"


def casser_region(contenu):
    contenu["regions"].append({"code": "11", "nom": "Autre", "zone": "metro"})
    contenu["communes"][0]["region"] = "11"


def casser_successeur(contenu):
    contenu["communes"][2]["chefLieu"] = "31999"


def casser_membre(contenu):
    contenu["epci"][0]["membres"].append({"code": "31998"})


def casser_doublon(contenu):
    contenu["communes"].append(contenu["communes"][0])


@pytest.mark.parametrize(
    ("casser", "message"),
    [
        (casser_double_epci, "31902 est dans deux EPCI"),
        (casser_departement, "'99'"),
        (casser_region, "31902 : région autre"),
        (casser_successeur, "31999"),
        (casser_membre, "31998"),
        (casser_doublon, "deux fois"),
    ],
)
def test_a_package_that_contradicts_itself_is_refused(paquet, contenu, casser, message):
    casser(contenu)
    with pytest.raises(SourceInattendue, match=message):
        reduire_decoupage(paquet())


def test_a_missing_file_is_named_and_nothing_is_written(paquet, tmp_path):
    (paquet() / "data" / "epci.json").unlink()
    with pytest.raises(CommandError, match=r"epci\.json"):
        call_command("reduire_territoires", tmp_path, millesime="2099", vers=tmp_path / "vers")
    assert not (tmp_path / "vers").exists()


def roue_pynsee(chemin, *, intitules):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as interne:
        interne.writestr("naf2008/int_courts_naf_rev_2.csv", intitules.encode("cp1252"))
        interne.writestr(
            "naf2008/naf2008_5_niveaux.csv",
            "NIV5;NIV4;NIV3;NIV2;NIV1\r\n01.11Z;01.11;01.1;01;A\r\n",
        )
    with zipfile.ZipFile(chemin, "w") as roue:
        roue.writestr("pynsee/metadata/data/naf.zip", archive.getvalue())
    return chemin


ENTETE = 'ligne;Code;"Intitulés\nen entier";65;40\r\n1;;;;\r\n2;SECTION A;ACTIVITÉ FICTIVE;;\r\n'


def test_naf_keeps_its_five_levels_and_its_apostrophes(tmp_path):
    intitules = (
        ENTETE
        + "3;01;Division;;\r\n4;01.1;Groupe;;\r\n5;01.11;Classe d’essai;;\r\n6;01.11Z;L’essai;;\r\n"
    )
    roue = roue_pynsee(tmp_path / "pynsee.whl", intitules=intitules)
    assert reduire_naf(roue)["naf.csv"] == [
        ("01", "Division", "2", "A"),
        ("01.1", "Groupe", "3", "A"),
        ("01.11", "Classe d’essai", "4", "A"),
        ("01.11Z", "L’essai", "5", "A"),
        ("A", "Activité fictive", "1", "A"),
    ]


def test_naf_without_a_title_is_refused(tmp_path):
    roue = roue_pynsee(tmp_path / "pynsee.whl", intitules=ENTETE)
    with pytest.raises(SourceInattendue, match=r"01\.11Z"):
        reduire_naf(roue)
