"""How much: exact, never above what the rule gives, unknown when the answers are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aides.criteres.arbre import Source
from aides.criteres.evaluation import Situation
from aides.criteres.faits import SANS_OBJET, Valeur, completer
from aides.montants import Estimation, estimer, euros, lire_regles, pourcentage

SOURCES = {"r": Source("Règlement fictif")}


class SansZone:
    def zone_chargee(self, zone: str) -> bool:
        return False


def estimation(regles: list[dict[str, Any]], **faits: Valeur) -> Estimation:
    """Rules without form and source against facts, on a fixed day."""
    completes = [{"forme": "subvention", "source": "r", **regle} for regle in regles]
    situation = Situation(completer(faits, date(2026, 11, 21)), SansZone())
    return estimer(lire_regles(completes, SOURCES), situation)


def test_a_rate_on_an_expense() -> None:
    regle = {"taux": "0.40", "assiette": ["depense_conseil"]}
    assert estimation([regle], depense_conseil=20_000_00).maximum == Decimal("8000.00")


def test_the_ceiling_is_never_exceeded() -> None:
    regle = {"taux": "0.5", "plafond": "10000", "assiette": ["depense_conseil"]}
    resultat = estimation([regle], depense_conseil=999_999_99)
    assert resultat.maximum == Decimal("10000.00")
    assert resultat.texte == "jusqu’à 10\u202f000\u00a0€"


def test_an_unknown_expense_leaves_the_amount_unknown_and_shows_the_ceiling() -> None:
    resultat = estimation([{"taux": "0.5", "plafond": "10000"}])
    assert resultat.maximum is None
    assert resultat.texte == "50\u00a0%, plafond de l’aide : 10\u202f000\u00a0€"


def test_what_is_not_applicable_counts_for_nothing() -> None:
    regle = {"taux": "0.5", "assiette": ["depense_conseil", "chiffre_affaires"]}
    resultat = estimation([regle], depense_conseil=100_00, chiffre_affaires=SANS_OBJET)
    assert resultat.maximum == Decimal("50.00")


def test_below_the_minimum_paid_nothing_is_given_and_it_is_said() -> None:
    regle = {"taux": "0.1", "minimum": "1000", "assiette": ["depense_conseil"]}
    resultat = estimation([regle], depense_conseil=9_999_99)
    assert resultat.maximum == 0
    assert resultat.texte == "aucun versement sous 1\u202f000\u00a0€"


def test_the_total_is_unknown_while_a_rule_that_could_give_more_is() -> None:
    """A base whose rate the source does not give, and a bonus by job: 1 500 € is not the most."""
    base, bonus = {"plafond": "10000"}, {"par_emploi": "500", "plafond": "2000"}
    resultat = estimation([base, bonus], emplois_crees=30)
    assert [ligne.maximum for ligne in resultat.lignes] == [None, Decimal("1500.00")]
    assert resultat.maximum is None
    assert resultat.texte == "plafond de l’aide : 10\u202f000\u00a0€"


def test_what_is_known_is_said_to_be_a_part() -> None:
    sans_chiffre = {"libelle": "Taux non indiqué"}
    connu = {"taux": "0.5", "assiette": ["depense_conseil"]}
    resultat = estimation([sans_chiffre, connu], depense_conseil=2_000_00)
    assert resultat.texte == "jusqu’à 1\u202f000\u00a0€ pour une partie"
    assert estimation([sans_chiffre]).texte == ""


def test_a_rule_whose_condition_is_not_settled_is_said_so() -> None:
    regle = {
        "taux": "0.3", "assiette": ["depense_conseil"],
        "si": {"type": "en_zone", "fait": "commune_projet", "zone": "AFR", "source": "r"},
    }  # fmt: skip
    resultat = estimation([regle], depense_conseil=100_00)
    assert resultat.texte == "jusqu’à 30\u00a0€, sous condition"
    # A reserve says nothing alone.
    del regle["taux"], regle["assiette"]
    assert estimation([regle]).texte == ""


def test_a_bonus_by_job_is_added_within_the_ceiling() -> None:
    regle = {"forfait": "10000", "par_emploi": "500", "plafond": "12000"}
    assert estimation([regle], emplois_crees=25).maximum == Decimal("11250.00")
    assert estimation([regle], emplois_crees=100).maximum == Decimal("12000.00")
    assert estimation([regle]).maximum is None


def test_rules_with_a_condition_surely_not_met_are_left_out() -> None:
    petite = {
        "taux": "0.2",
        "assiette": ["depense_conseil"],
        "si": {"type": "comparaison", "fait": "effectif", "operateur": "<", "valeur": "50",
               "source": "r"},
    }  # fmt: skip
    grande = {**petite, "taux": "0.1", "si": {"type": "non", "critere": petite["si"]}}
    connue = estimation([petite, grande], depense_conseil=100_00, effectif=500)
    assert [ligne.taux for ligne in connue.lignes] == [Decimal("0.1")]
    inconnue = estimation([petite, grande], depense_conseil=100_00)
    assert [ligne.certaine for ligne in inconnue.lignes] == [False, False]
    assert inconnue.maximum == Decimal("20.00")


@given(
    st.decimals("0", "1", places=4),
    st.integers(0, 10**13),
    st.decimals("0", "1000000", places=2),
)
def test_an_estimate_never_promises_more_than_the_exact_amount(
    taux: Decimal, centimes: int, plafond: Decimal
) -> None:
    regle = {"taux": str(taux), "plafond": str(plafond), "assiette": ["depense_conseil"]}
    ligne = estimation([regle], depense_conseil=centimes).lignes[0]
    exact = min(taux * Decimal(centimes) / 100, plafond)
    assert ligne.maximum is not None
    assert ligne.maximum <= exact
    assert exact - ligne.maximum < Decimal("0.01")


def test_amounts_and_rates_are_written_in_french() -> None:
    assert euros(Decimal("1234567.5")) == "1\u202f234\u202f567,50\u00a0€"
    assert euros(Decimal("35000.00")) == "35\u202f000\u00a0€"
    assert pourcentage(Decimal("0.125")) == "12,5\u00a0%"
    assert pourcentage(Decimal("1.0")) == "100\u00a0%"


def test_expenses_of_zero_are_told_from_a_source_that_says_nothing() -> None:
    regle = {"taux": "0.5", "assiette": ["depense_conseil"]}
    assert estimation([regle], depense_conseil=0).texte == (
        "aucune dépense de ce projet n’y donne droit"
    )
