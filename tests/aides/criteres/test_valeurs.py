"""Facts as JSON, and values as French text."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aides.criteres.faits import DECLARES, SANS_OBJET, VOCABULAIRE, Faits, Type
from aides.criteres.valeurs import (
    ErreurFait,
    FaitsInvalides,
    ValeurInvalide,
    afficher,
    attendu,
    depuis_json,
    insee,
    lire_quantite,
    vers_json,
)
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import LIEUX

resoudre = LIEUX.__getitem__


def lire(**faits: Any) -> Faits:
    return depuis_json(faits, resoudre)


def refus(**faits: Any) -> list[ErreurFait]:
    with pytest.raises(FaitsInvalides) as releve:
        lire(**faits)
    return releve.value.erreurs


def test_the_example_of_the_documentation() -> None:
    objet = {
        "effectif": "12.5",
        "chiffre_affaires": "1500000.00",
        "naf": "25.11Z",
        "forme_juridique": "5710",
        "commune_projet": "99001",
        "date_creation": "2019-03-01",
        "nature_projet": ["immobilier"],
        "projet_commence": False,
        "total_bilan": "sans_objet",
        "fonds_propres": None,
    }
    faits = depuis_json(objet, resoudre)
    assert faits == {
        "effectif": 125,
        "chiffre_affaires": 150_000_000,
        "naf": "25.11Z",
        "forme_juridique": "5710",
        "commune_projet": LIEUX["99001"],
        "date_creation": date(2019, 3, 1),
        "nature_projet": frozenset({"immobilier"}),
        "projet_commence": False,
        "total_bilan": SANS_OBJET,
    }
    del objet["fonds_propres"]
    assert vers_json(faits) == objet


@given(s.faits_declares)
def test_round_trip_through_text(faits: Faits) -> None:
    assert depuis_json(json.loads(json.dumps(vers_json(faits))), resoudre) == faits


def essayer(code: str, brut: Any) -> Faits | list[str]:
    """The facts read, or the codes of those refused."""
    try:
        return lire(**{code: brut})
    except FaitsInvalides as refuses:
        return [erreur.fait for erreur in refuses.erreurs]


@given(st.text() | st.floats() | st.integers() | st.lists(st.text()) | st.booleans())
def test_anything_is_read_or_refused_in_words(brut: Any) -> None:
    for fait in DECLARES:
        lus = essayer(fait.code, brut)
        if isinstance(lus, list):
            assert lus == [fait.code]
        else:
            assert lire(**vers_json(lus)) == lus


@pytest.mark.parametrize(
    ("ecrit", "centimes"),
    [("40000", 4_000_000), ("40000.5", 4_000_050), ("0.01", 1), (0, 0), (7, 700), ("-0", 0)],
)
def test_amounts(ecrit: Any, centimes: int) -> None:
    assert lire(apport=ecrit) == {"apport": centimes}


@pytest.mark.parametrize(
    ("ecrit", "message"),
    [
        (0.1, "flottant"),
        (float("nan"), "flottant"),
        (float("inf"), "flottant"),
        (True, "pas un nombre"),
        ("NaN", "mal formé"),
        ("1e3", "mal formé"),
        ("12,5", "mal formé"),
        ("1 000", "mal formé"),
        ("٣", "mal formé"),
        ("9" * 5000, "mal formé"),
        ("", "mal formé"),
        ("10.001", "décimales"),
        ("-0.01", "négatif"),
        (-1, "négatif"),
        ("1000000000000.01", "démesuré"),
        (10**13, "démesuré"),
        ([], "pas un nombre"),
    ],
)
def test_amounts_refused(ecrit: Any, message: str) -> None:
    (erreur,) = refus(apport=ecrit)
    assert message in erreur.message
    assert "montant en euros" in erreur.attendu


def test_other_quantities() -> None:
    assert lire(effectif="249", exercices_clos=3) == {"effectif": 2490, "exercices_clos": 3}
    assert vers_json({"effectif": 2490, "emplois_crees": 5}) == {
        "effectif": "249",
        "emplois_crees": "0.5",
    }
    assert "décimales" in refus(effectif="2.55")[0].message
    assert "entier" in refus(exercices_clos="3")[0].message
    with pytest.raises(ValeurInvalide, match="démesuré"):
        lire_quantite(Type.ENTIER, 100_001)


@pytest.mark.parametrize("ecrit", ["2511Z", "25.11z", "2511z", "25.11Z"])
def test_naf_is_normalised(ecrit: str) -> None:
    assert lire(naf=ecrit) == {"naf": "25.11Z"}


@pytest.mark.parametrize(
    ("fait", "ecrit", "message"),
    [
        ("naf", "25.11", "mal formé"),
        ("naf", "34.10Z", "aucune section"),
        ("forme_juridique", "57", "mal formée"),
        ("forme_juridique", 5710, "mal formée"),
        ("commune_projet", "75056", "inconnue"),
        ("commune_projet", "EPCI-999000001", "mal formé"),
        ("date_creation", "2026-02-30", "n’existe pas"),
        ("date_creation", "01/02/2026", "mal formée"),
        ("date_creation", "20260201", "mal formée"),
        ("date_creation", "0001-01-01", "invraisemblable"),
        ("projet_commence", "oui", "ni true ni false"),
        ("projet_commence", 0, "ni true ni false"),
        ("secteur", ["industrie", "licornes"], "licornes"),
        ("secteur", "industrie", "liste"),
        ("effectif", "sans_objet", "sans objet"),
        ("depenses_total", "10", "se calcule"),
        ("date_demande", "2026-11-21", "se calcule"),
        ("couleur", "bleu", "inconnu"),
    ],
)
def test_what_is_refused_names_the_fact(fait: str, ecrit: Any, message: str) -> None:
    (erreur,) = refus(**{fait: ecrit})
    assert erreur.fait == fait
    assert message in erreur.message
    assert erreur.attendu


def test_every_fault_is_told_at_once() -> None:
    erreurs = refus(effectif="x", naf="25.11Z", apport="-1", couleur="bleu", emprunt=None)
    assert [erreur.fait for erreur in erreurs] == ["effectif", "apport", "couleur"]
    with pytest.raises(FaitsInvalides):
        depuis_json([("effectif", "1")], resoudre)  # type: ignore[arg-type]


def test_a_place_by_its_code_or_none() -> None:
    assert lire(commune_projet="COM-99001") == {"commune_projet": LIEUX["99001"]}
    assert "inconnue" in refus_de_lieu(lambda insee: frozenset())
    with pytest.raises(ValueError, match="sans commune"):
        insee(frozenset({"REG-99"}))


def refus_de_lieu(resoudre_lieu: Any) -> str:
    with pytest.raises(FaitsInvalides) as releve:
        depuis_json({"commune_projet": "99001"}, resoudre_lieu)
    return releve.value.erreurs[0].message


def test_what_is_expected_is_told_in_french() -> None:
    assert attendu(VOCABULAIRE["total_bilan"]).endswith(', ou "sans_objet"')
    assert "industrie" in attendu(VOCABULAIRE["secteur"])


@pytest.mark.parametrize(
    ("code", "valeur", "texte"),
    [
        ("chiffre_affaires", 150_000_000, "1 500 000 €"),
        ("chiffre_affaires", 150_050, "1 500,50 €"),
        ("apport", 5, "0,05 €"),
        ("effectif", 125, "12,5 emplois"),
        ("effectif", 15, "1,5 emploi"),
        ("effectif", 20, "2 emplois"),
        ("age_mois", 36, "36 mois"),
        ("exercices_clos", 2, "2"),
        ("date_creation", date(2026, 11, 21), "21 novembre 2026"),
        ("date_creation", date(2026, 1, 1), "1er janvier 2026"),
        ("chiffre_affaires", SANS_OBJET, "sans objet"),
        ("chiffre_affaires", None, ""),
        ("projet_commence", True, "oui"),
        ("projet_commence", False, "non"),
        ("secteur", frozenset({"tourisme", "industrie"}), "Industrie, Tourisme et loisirs"),
        ("secteur", frozenset(), "aucun"),
        ("naf", "25.11Z", "25.11Z"),
        ("commune_projet", LIEUX["99001"], "COM-99001"),
    ],
)
def test_values_in_french(code: str, valeur: Any, texte: str) -> None:
    obtenu = afficher(code, valeur)
    assert obtenu.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ") == texte


def test_spaces_do_not_break() -> None:
    assert afficher("apport", 150_000_000) == "1\u202f500\u202f000\xa0€"
    noms = {"COM-99001": "Bourg-Fictif"}
    assert afficher("commune_projet", LIEUX["99001"], noms.__getitem__) == "Bourg-Fictif"
