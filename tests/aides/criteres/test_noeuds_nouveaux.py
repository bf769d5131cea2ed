"""Sums, yearly windows, one aid per period, NAF 2025: each on its boundary and both sides."""

from datetime import date

import pytest

from aides.criteres.arbre import (
    Commence,
    Comparaison,
    Critere,
    DelaiEntreAides,
    FenetreAnnuelle,
    JourMois,
    Non,
    Operateur,
    Proportion,
)
from aides.criteres.evaluation import Situation, Verdict, evaluer, issue
from aides.criteres.faits import SANS_OBJET, Faits, completer, fait
from aides.criteres.redaction import rediger
from aides.criteres.verification import verifier
from tests.aides.criteres.strategies import JOUR, SOURCE, Zones

OUI, INCONNU, NON = Verdict.OUI, Verdict.INCONNU, Verdict.NON
SOMME = "depense_equipement+depense_immateriel"


def verdict(critere: Critere, faits: Faits, le: date = JOUR) -> Verdict:
    return evaluer(critere, Situation(completer(faits, le), Zones())).verdict


# ------------------------------------------------------------------ sums


@pytest.mark.parametrize(
    ("equipement", "attendu"), [(599_999, NON), (600_000, OUI), (600_001, OUI)]
)
def test_a_sum_meets_its_threshold_exactly(equipement: int, attendu: Verdict) -> None:
    critere = Comparaison(SOMME, Operateur.SUPERIEUR_OU_EGAL, 1_000_000, SOURCE)
    faits = {"depense_equipement": equipement, "depense_immateriel": 400_000}
    assert verdict(critere, faits) is attendu


def test_a_sum_waits_for_each_of_its_terms() -> None:
    critere = Comparaison(SOMME, Operateur.SUPERIEUR_OU_EGAL, 1_000_000, SOURCE)
    preuve = evaluer(
        critere, Situation(completer({"depense_equipement": 2_000_000}, JOUR), Zones())
    )
    assert preuve.verdict is INCONNU
    assert preuve.manquants == {"depense_immateriel"}


def test_not_applicable_counts_for_zero_in_a_sum() -> None:
    critere = Comparaison("chiffre_affaires+total_bilan", Operateur.EGAL, 500, SOURCE)
    assert verdict(critere, {"chiffre_affaires": SANS_OBJET, "total_bilan": 500}) is OUI


@pytest.mark.parametrize(("conseil", "attendu"), [(9_999, OUI), (10_000, OUI), (10_001, NON)])
def test_a_share_of_a_sum_is_exact(conseil: int, attendu: Verdict) -> None:
    critere = Proportion("depense_conseil", Operateur.INFERIEUR_OU_EGAL, 1, 3, SOMME, SOURCE)
    faits = {
        "depense_conseil": conseil,
        "depense_equipement": 10_000,
        "depense_immateriel": 20_000,
    }
    assert verdict(critere, faits) is attendu


@pytest.mark.parametrize("code", ["inconnu", "apport+inconnu", "effectif+apport", "emprunt+apport"])
def test_what_is_no_sum_is_no_fact(code: str) -> None:
    with pytest.raises(KeyError):
        fait(code)
    defauts = verifier(Comparaison(code, Operateur.EGAL, 1, SOURCE))
    assert [defaut.chemin for defaut in defauts] == ["fait"]


# ------------------------------------------------------------------ windows of every year


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2026, 2, 28), NON),
        (date(2026, 3, 1), OUI),
        (date(2031, 4, 30), OUI),
        (date(2026, 5, 1), NON),
    ],
)
def test_a_window_of_every_year(jour: date, attendu: Verdict) -> None:
    critere = FenetreAnnuelle("date_demande", JourMois(3, 1), JourMois(4, 30), SOURCE)
    assert verdict(critere, {}, jour) is attendu
    assert verdict(Non(critere), {}, jour) == -attendu


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2026, 11, 14), NON),
        (date(2026, 11, 15), OUI),
        (date(2027, 1, 1), OUI),
        (date(2028, 2, 29), OUI),
        (date(2026, 3, 1), NON),
    ],
)
def test_a_window_over_new_year(jour: date, attendu: Verdict) -> None:
    critere = FenetreAnnuelle("date_demande", JourMois(11, 15), JourMois(2, 29), SOURCE)
    assert verdict(critere, {}, jour) is attendu


def test_a_day_that_no_year_has() -> None:
    critere = FenetreAnnuelle("date_demande", JourMois(2, 30), JourMois(13, 1), SOURCE)
    assert [defaut.chemin for defaut in verifier(critere)] == ["debut", "fin"]


# ------------------------------------------------------------------ one aid per period


@pytest.mark.parametrize(
    ("mois", "obtenue", "attendu"),
    [
        (24, "2024-11-20", OUI),
        (24, "2024-11-21", OUI),
        (24, "2024-11-22", NON),
        (0, "1999-01-01", NON),
        (1, "2026-10-21", OUI),
        (1, "2026-10-22", NON),
    ],
)
def test_a_delay_between_two_aids(mois: int, obtenue: str, attendu: Verdict) -> None:
    critere = DelaiEntreAides(frozenset({"aide-fictive"}), mois, SOURCE)
    faits = {"aides_obtenues": frozenset({f"aide-fictive@{obtenue}"})}
    assert verdict(critere, faits) is attendu
    assert verdict(critere, {"aides_obtenues": frozenset({f"pret-fictif@{obtenue}"})}) is OUI


def test_the_last_grant_counts_and_none_is_an_answer() -> None:
    critere = DelaiEntreAides(frozenset({"aide-fictive"}), 12, SOURCE)
    deux = frozenset({"aide-fictive@2020-01-01", "aide-fictive@2026-06-01"})
    assert verdict(critere, {"aides_obtenues": deux}) is NON
    assert verdict(critere, {"aides_obtenues": frozenset()}) is OUI
    assert verdict(critere, {}) is INCONNU


def test_a_delay_is_asked_of_the_company_and_said_in_french() -> None:
    critere = DelaiEntreAides(frozenset({"aide-fictive"}), 24, SOURCE)
    preuve = evaluer(critere, Situation(completer({}, JOUR), Zones()))
    assert issue(preuve) == "a_completer"
    assert preuve.manquants == {"aides_obtenues"}
    noms = {"aide-fictive": "Aide fictive à l’essai"}
    texte = rediger(critere, str, lambda _, code: noms.get(code, "")).texte
    assert texte == (
        "Depuis moins de 24 mois, l’entreprise n’a pas obtenu l’aide « Aide fictive à l’essai »"
    )


# ------------------------------------------------------------------ NAF 2025


@pytest.mark.parametrize(
    ("niveau", "attendu"), [("K", OUI), ("J", NON), ("62", OUI), ("62.1", OUI), ("63", NON)]
)
def test_a_level_of_naf_2025(niveau: str, attendu: Verdict) -> None:
    critere = Commence("naf_2025", frozenset({niveau}), SOURCE)
    assert verdict(critere, {"naf_2025": "62.10Y"}) is attendu
    assert verifier(critere) == []


def test_the_two_nomenclatures_have_their_own_sections() -> None:
    assert verifier(Commence("naf_2025", frozenset({"V"}), SOURCE)) == []
    assert [d.chemin for d in verifier(Commence("naf", frozenset({"V"}), SOURCE))] == ["codes"]
