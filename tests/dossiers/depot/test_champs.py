"""What people type in a field of number, date, place or nomenclature, and what is kept."""

import csv

import pytest

from aides.criteres.faits import VOCABULAIRE
from aides.criteres.valeurs import ANNEES, ValeurInvalide
from dossiers.depot.champs import JourField, NombreField
from dossiers.depot.recherches import METIERS, chercher
from dossiers.nombres import ecrire_nombre, lire_nombre
from territoires.normalisation import normaliser
from tests.fabriques import CommuneFabrique


@pytest.mark.parametrize(
    ("tape", "lu"),
    [
        ("1500", "1500"),
        ("1 500 000,50", "1500000.50"),
        ("1\u202f500\u00a0000,5 €", "1500000.5"),
        ("1.500.000,50", "1500000.50"),
        ("1.500.000", "1500000"),
        ("40000.00", "40000.00"),
        ("0", "0"),
        ("12 euros", "12"),
    ],
)
def test_an_amount_is_read_as_people_write_it(tape, lu):
    assert lire_nombre(tape, 2) == lu


@pytest.mark.parametrize(
    ("tape", "message"),
    [
        ("-5", "négatif"),
        ("− 5", "négatif"),
        ("1.500", "prête à confusion"),
        ("1,500", "deux chiffres"),
        ("douze", "en chiffres"),
        ("1,5,0", "en chiffres"),
        ("٣", "en chiffres"),
    ],
)
def test_what_cannot_be_an_amount_is_refused_in_words(tape, message):
    with pytest.raises(ValeurInvalide, match=message):
        lire_nombre(tape, 2)


def test_a_stored_amount_is_shown_with_separators():
    assert ecrire_nombre("1500000.50") == "1\u202f500\u202f000,50"
    assert ecrire_nombre("40000.00") == "40\u202f000"
    assert ecrire_nombre("-5") == "-5"


@pytest.mark.parametrize("code", ["effectif", "chiffre_affaires", "exercices_clos"])
def test_blank_is_no_answer_and_never_zero(code):
    champ = NombreField(VOCABULAIRE[code], required=False)
    assert champ.clean("") is None
    assert champ.clean("0") in ("0", 0)


def test_absurd_numbers_are_refused():
    champ = NombreField(VOCABULAIRE["chiffre_affaires"], required=False)
    with pytest.raises(Exception, match="démesuré"):
        champ.clean("9" * 20)
    with pytest.raises(Exception, match="nombre entier"):
        NombreField(VOCABULAIRE["exercices_clos"], required=False).clean("2,5")


def test_a_date_is_picked_or_typed():
    champ = JourField(required=False)
    assert champ.clean("2026-11-21") == champ.clean("21/11/2026") == "2026-11-21"
    for faux in ("31/02/2026", "demain", "2026-13-01"):
        with pytest.raises(Exception, match="existe"):
            champ.clean(faux)
    with pytest.raises(Exception, match=f"entre {ANNEES[0]} et {ANNEES[-1]}"):
        champ.clean("0202-01-01")


def test_a_commune_is_found_by_name_postcode_or_former_name(commune):
    fait = VOCABULAIRE["commune_projet"]
    for texte in ("valfictif", "VALFICTIF", "Valfictif (20900)", "20900", "20901"):
        assert chercher(fait, texte).code == commune.code, texte
    ancienne = chercher(fait, "Montfictif")
    assert ancienne.code == commune.code
    assert "Montfictif fait maintenant partie de Valfictif" in ancienne.note
    par_code = chercher(fait, "20902")
    assert par_code.code == commune.code
    assert "Valfictif" in par_code.note


def test_namesakes_are_offered_as_a_choice(commune):
    CommuneFabrique(code="20903", nom="Valfictif", codes_postaux=["20910"])
    trouvaille = chercher(VOCABULAIRE["commune_projet"], "valfictif")
    assert trouvaille.code is None
    assert {candidat.code for candidat in trouvaille.candidats} == {"20901", "20903"}
    assert chercher(VOCABULAIRE["commune_projet"], "Valfictif (20910)").code == "20903"


def test_a_former_name_does_not_win_over_the_communes_of_today(commune):
    """ "Villefranche" was a commune, and begins the names of others."""
    fait = VOCABULAIRE["commune_projet"]
    autre = CommuneFabrique(code="20904", nom="Montfictif-sur-Eau", codes_postaux=["20940"])
    trouvaille = chercher(fait, "montfictif")
    assert trouvaille.code is None
    assert {candidat.code for candidat in trouvaille.candidats} == {commune.code, autre.code}
    assert chercher(fait, autre.libelle).code == autre.code


def test_a_name_that_another_one_goes_on_from_is_asked(commune):
    fait = VOCABULAIRE["commune_projet"]
    longue = CommuneFabrique(code="20905", nom="Valfictif-le-Haut", codes_postaux=["20950"])
    assert {c.code for c in chercher(fait, "Valfictif").candidats} == {commune.code, longue.code}
    for sans_doute in (commune.libelle, "Valfictif 20900", "20 900 valfictif"):
        assert chercher(fait, sans_doute).code == commune.code
    CommuneFabrique(code="20906", nom="Fictifville")
    CommuneFabrique(code="20907", nom="Fictifvillette")
    assert chercher(fait, "fictifville").code == "20906"


def test_an_activity_is_found_by_code_or_words(nomenclatures):
    naf = VOCABULAIRE["naf"]
    assert chercher(naf, "2511z").code == "25.11Z"
    assert chercher(naf, "25.11Z Fabrication de structures").code == "25.11Z"
    assert chercher(naf, "METALLIQUES").code == "25.11Z"
    assert [c.code for c in chercher(naf, "menuiserie").candidats] == ["16.23Z", "43.32A"]
    assert chercher(naf, "99.99Z").candidats == ()


def test_an_everyday_trade_proposes_its_activities(nomenclatures):
    trouvaille = chercher(VOCABULAIRE["naf"], "Menuisier")
    assert trouvaille.code is None
    assert [c.libelle for c in trouvaille.candidats] == ["43.32A Travaux de menuiserie bois et PVC"]


def test_every_trade_names_activities_of_the_nomenclature(settings):
    with (settings.BASE_DIR / "fixtures/nomenclatures/naf.csv").open(encoding="utf-8") as table:
        sous_classes = {ligne["code"] for ligne in csv.DictReader(table) if ligne["niveau"] == "5"}
    assert {code for codes in METIERS.values() for code in codes} <= sous_classes
    assert all(metier == normaliser(metier) for metier in METIERS)


def test_a_legal_form_is_found_by_its_short_name(nomenclatures):
    forme = VOCABULAIRE["forme_juridique"]
    assert chercher(forme, "sasu").code == chercher(forme, "5710 SAS").code == "5710"
    # A short name whose category is not loaded, and one that nobody knows.
    assert chercher(forme, "SARL").code is chercher(forme, "zzz").code is None


@pytest.mark.parametrize(
    ("texte", "lu"),
    [("30k€", "30000"), ("30 k€", "30000"), ("1,5 K€", "1500"), ("30000€ HT", "30000"),
     ("30 k€ HT", "30000"), ("2 500,50 euros HT", "2500.50")],
)  # fmt: skip
def test_amounts_in_thousands_and_before_tax_are_read_exactly(texte, lu):
    assert lire_nombre(texte, 2) == lu


@pytest.mark.parametrize("texte", ["30 M€", "30000 € TTC", "k€", "1,2345 k€"])
def test_another_unit_is_refused_with_an_example(texte):
    with pytest.raises(ValeurInvalide, match="30 k€"):
        lire_nombre(texte, 2)
