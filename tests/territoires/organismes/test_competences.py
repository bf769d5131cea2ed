"""Who is competent: the most precise wins; holes and ties are said, never guessed."""

from __future__ import annotations

from datetime import date

from territoires.organismes.competences import Egalite, Resolution, Trou, resoudre
from territoires.organismes.models import Competence, Guichet, Organisme

TOULOUSE = frozenset({"PAYS-99100", "REG-76", "DEP-31", "EPCI-243100518", "COM-31555"})
JOUR = date(2026, 11, 21)


def guichet(code: str, organisme: str = "region-fictive") -> Guichet:
    return Guichet(pk=sum(map(ord, code)), code=code, nom=code, organisme=Organisme(code=organisme))


def competence(guichet: Guichet, *perimetre: str, **champs: object) -> Competence:
    return Competence(
        guichet=guichet,
        perimetre=list(perimetre),
        **{"nature": "immobilier", "debut": date(2016, 1, 1), **champs},
    )


def qui(*competences: Competence, organismes: frozenset[str] = frozenset()) -> Resolution:
    return resoudre(competences, nature="immobilier", lieu=TOULOUSE, le=JOUR, organismes=organismes)


REGION, EPCI, AUTRE = guichet("region"), guichet("epci", "epci-fictif"), guichet("autre")


def test_the_most_precise_perimetre_wins() -> None:
    assert qui(competence(REGION, "REG-76"), competence(EPCI, "EPCI-243100518")) == EPCI


def test_nobody_competent_is_a_hole_that_names_the_nature() -> None:
    trou = qui(competence(REGION, "REG-84"))
    assert isinstance(trou, Trou)
    assert "immobilier d’entreprise" in trou.motif


def test_another_nature_does_not_count() -> None:
    assert isinstance(qui(competence(REGION, "REG-76", nature="export")), Trou)


def test_two_desks_at_one_level_are_a_tie_that_names_both() -> None:
    egalite = qui(competence(REGION, "REG-76"), competence(AUTRE, "REG-76"))
    assert isinstance(egalite, Egalite)
    assert egalite.guichets == (AUTRE, REGION)
    assert "autre" in egalite.motif
    assert "region" in egalite.motif


def test_one_desk_twice_competent_is_no_tie() -> None:
    assert qui(competence(REGION, "REG-76"), competence(REGION, "REG-76", "DEP-31")) == REGION


def test_exclusions_win_over_the_perimetre() -> None:
    exclue = competence(REGION, "REG-76", exclusions=["EPCI-243100518"])
    assert isinstance(qui(exclue), Trou)


def test_a_competence_counts_from_its_first_to_its_last_day() -> None:
    assert qui(competence(REGION, "REG-76", debut=JOUR, fin=JOUR)) == REGION
    assert isinstance(qui(competence(REGION, "REG-76", fin=date(2026, 11, 20))), Trou)
    assert isinstance(qui(competence(REGION, "REG-76", debut=date(2026, 11, 22))), Trou)


def test_only_the_desks_of_those_who_review_the_aide_count() -> None:
    competences = competence(REGION, "REG-76"), competence(EPCI, "EPCI-243100518")
    assert qui(*competences, organismes=frozenset({"region-fictive"})) == REGION
    assert isinstance(qui(*competences, organismes=frozenset({"inconnu"})), Trou)
