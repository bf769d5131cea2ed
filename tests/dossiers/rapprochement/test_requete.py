"""evaluation ≡ requete: the SQL reading says what the proof says, on real PostgreSQL."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from aides.criteres import requete as module_requete
from aides.criteres import sql
from aides.criteres.arbre import (
    AuMoins,
    Commence,
    Comparaison,
    Critere,
    DelaiEntreAides,
    EnZone,
    Fenetre,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.echange import PROFONDEUR_MAXIMUM
from aides.criteres.evaluation import Situation, Verdict, evaluer, issue
from aides.criteres.faits import SANS_OBJET, Faits, completer, mois_revolus
from aides.criteres.requete import Contexte, Lecture, issue_sql, requete
from aides.criteres.sql import FAUX, VRAI, Paire
from dossiers.rapprochement.models import FaitsDossier
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import JOUR, SOURCE, Zones
from tests.dossiers.rapprochement.rangees import au_hasard, deposer

pytestmark = pytest.mark.django_db
TOUTES = Zones(frozenset(s.ZONES))
tranquille = settings(suppress_health_check=list(HealthCheck))
#: One example is so many trees on every row: one query.
ARBRES = 4
RANGEES = 80

Rangees = dict[int, Faits]


@pytest.fixture
def rangees(db: None) -> Rangees:
    """Dossiers with gaps, the facts of each by the primary key of its version."""
    hasard = random.Random(20261121)
    return deposer([au_hasard(hasard) for _ in range(RANGEES)])


@pytest.fixture
def trois(db: None) -> Rangees:
    """One question: not answered, yes, no."""
    return deposer([{}, {"projet_commence": True}, {"projet_commence": False}])


# ------------------------------------------------------------------ the law


def desaccords(
    rangees: Rangees,
    arbres: list[Critere],
    zones: Zones = TOUTES,
    reponses: dict[str, bool] | None = None,
    le: date = JOUR,
) -> Iterator[str]:
    """Where the two readings differ: on the outcome, hence the verdict, or on the rows that are
    not surely refused, which reverse matching looks at."""
    contexte = Contexte(le, zones, reponses or {})
    annotations: dict[str, Any] = {}
    for rang, arbre in enumerate(arbres):
        annotations[f"issue_{rang}"] = issue_sql(arbre, contexte)
        annotations[f"possible_{rang}"] = _tient(requete(arbre, contexte, Lecture.POSSIBLE).oui)
    lues = {rangee["pk"]: rangee for rangee in FaitsDossier.objects.values("pk", **annotations)}
    assert lues.keys() == rangees.keys()
    for pk, faits in rangees.items():
        situation = Situation(completer(faits, le), zones, reponses or {})
        for rang, arbre in enumerate(arbres):
            preuve = evaluer(arbre, situation)
            attendu = (issue(preuve).value, preuve.verdict is not Verdict.NON)
            obtenu = (lues[pk][f"issue_{rang}"], lues[pk][f"possible_{rang}"])
            if obtenu != attendu:
                yield f"{arbre!r}\n{faits!r}\n{obtenu} ≠ {attendu}"


def _tient(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


@tranquille
@given(st.lists(s.arbres, min_size=ARBRES, max_size=ARBRES), s.referentiels, s.reponses)
def test_the_sql_reading_says_what_the_proof_says(
    rangees: Rangees, arbres: list[Critere], zones: Zones, reponses: dict[str, bool]
) -> None:
    assert not next(desaccords(rangees, arbres, zones, reponses), "")


@settings(tranquille, max_examples=2, phases=[Phase.generate])
@given(st.data())
def test_each_leaf_and_its_contrary(rangees: Rangees, data: st.DataObject) -> None:
    """Every node of the language, even those that a random tree seldom holds."""
    for feuille, strategie in s.FEUILLES.items():
        feuilles = data.draw(st.lists(strategie, min_size=6, max_size=6), feuille.__name__)
        zones, reponses = data.draw(s.referentiels), data.draw(s.reponses)
        arbres = [*feuilles, *(Non(critere) for critere in feuilles)]
        assert not next(desaccords(rangees, arbres, zones, reponses), "")


@settings(tranquille, max_examples=20)
@given(st.lists(s.arbres_a_deux_voix, min_size=12, max_size=12))
def test_what_waits_for_the_company_or_for_an_officer(
    trois: Rangees, arbres: list[Critere]
) -> None:
    """Where the outcome is hardest: leaves that are all unknown, to one or to the other."""
    assert not next(desaccords(trois, arbres), "")


def test_filters_give_the_rows_of_their_outcomes(rangees: Rangees) -> None:
    """WHERE, which sees NULL, and CASE, which people are shown, agree."""
    arbre = Tous((
        Situe("commune_projet", frozenset({"REG-99"}), SOURCE),
        Comparaison("effectif", Operateur.INFERIEUR, 2500, SOURCE),
        Non(Comparaison("age_mois", Operateur.INFERIEUR, 12, SOURCE)),
    ))  # fmt: skip
    issues = dict(
        FaitsDossier.objects.courantes().with_issue(arbre, JOUR, TOUTES).values_list("pk", "issue")
    )
    assert set(issues.values()) == {"eligible", "a_completer", "non_eligible"}
    possibles = FaitsDossier.objects.possibles(arbre, JOUR, TOUTES)
    eligibles = FaitsDossier.objects.eligibles(arbre, JOUR, TOUTES)
    assert {f.pk for f in possibles} == {pk for pk, i in issues.items() if i != "non_eligible"}
    assert {f.pk for f in eligibles} == {pk for pk, i in issues.items() if i == "eligible"}


# ------------------------------------------------------------------ boundaries


@pytest.mark.parametrize(
    ("numerateur", "denominateur"),
    [(1, 1), (1, 3), (10, 100), (999, 1000), (1001, 1000), (333_333_333_333, 10**12)],
)
def test_a_share_is_exact_to_the_last_cent(numerateur: int, denominateur: int) -> None:
    """Up to a thousand billion euros, where a product no longer fits a bigint."""
    bases = (0, 1, 3, 100, 1000, 999_999_999_999, 10**14 - 1, 10**14)
    cas: list[Faits] = [
        {"apport": max(0, base * numerateur // denominateur + ecart), "emprunt": base}
        for base in bases
        for ecart in (-1, 0, 1)
    ]
    parts = [
        Proportion("apport", operateur, numerateur, denominateur, "emprunt", SOURCE)
        for operateur in Operateur
    ]
    assert not next(desaccords(deposer(cas), [*parts, *map(Non, parts)]), "")


def test_a_sum_is_exact_and_waits_for_all_its_terms() -> None:
    somme = "chiffre_affaires+total_bilan"
    valeurs = (None, SANS_OBJET, 0, 99, 100, 101, 10**14)
    cas: list[Faits] = [
        {
            code: valeur
            for code, valeur in (("chiffre_affaires", gauche), ("total_bilan", droite))
            if valeur is not None
        }
        for gauche in valeurs
        for droite in valeurs
    ]
    arbres: list[Critere] = [
        Comparaison(somme, operateur, seuil, SOURCE)
        for operateur in Operateur
        for seuil in (0, 100, 200, 2 * 10**14)
    ]
    assert not next(desaccords(deposer(cas), arbres), "")


@pytest.mark.parametrize(
    "le", [JOUR, date(2024, 2, 29), date(2026, 2, 28), date(2026, 3, 31), date(2026, 12, 31)]
)
def test_an_age_turns_on_the_very_day(le: date) -> None:
    naissances = {
        date(annee, mois, 1) + timedelta(days=jours)
        for annee, mois in ((le.year, le.month), (le.year, 1), (le.year - 1, le.month), (2024, 2))
        for jours in (0, 1, 14, 20, 27, 28, 29, 30)
    }
    cas: list[Faits] = [{"date_creation": naissance} for naissance in sorted(naissances)]
    cas += [{}, {"date_creation": SANS_OBJET}, {"date_creation": date(1600, 1, 1)}]
    arbres: list[Critere] = [
        Comparaison("age_mois", operateur, mois, SOURCE)
        for operateur in Operateur
        for mois in (-1, 0, 1, 11, 12, 13, 100_000)
    ]
    arbres.append(Proportion("age_mois", Operateur.EGAL, 1, 1, "exercices_clos", SOURCE))
    cas += [{**faits, "exercices_clos": 12} for faits in cas]
    assert not next(desaccords(deposer(cas), arbres, le=le), "")


@pytest.mark.parametrize("mois", [1, 2, 12, 24, 25_000])
def test_the_last_day_that_is_old_enough(mois: int) -> None:
    for le in (JOUR, date(2024, 2, 29), date(2026, 3, 31)):
        limite = sql.dernier_jour(mois, le)
        assert limite == date.min or mois_revolus(limite, le) == mois
        assert mois_revolus(limite + timedelta(days=1), le) < mois


def test_what_every_value_satisfies_still_waits_for_a_value(rangees: Rangees) -> None:
    """Trees that no verification would let through are read the same way."""
    vides = frozenset[str]()
    feuilles: list[Critere] = [
        Fenetre("date_fin_projet", None, None, SOURCE),
        Parmi("secteur", vides, SOURCE),
        Commence("naf", vides, SOURCE, frozenset({"10"})),
        Commence("naf", frozenset({"V"}), SOURCE),
        Situe("commune_projet", vides, SOURCE, vides),
        DelaiEntreAides(vides, 12, SOURCE),
        Comparaison("effectif", Operateur.INFERIEUR, 10**30, SOURCE),
        SansObjetFait("effectif", SOURCE),
    ]
    groupes = [Tous(()), Un(()), AuMoins(0, (feuilles[0],)), AuMoins(2, (feuilles[0],))]
    arbres = [*feuilles, *groupes]
    assert not next(desaccords(rangees, [*arbres, *map(Non, arbres)]), "")


def test_wide_and_deep_trees_are_read(trois: Rangees) -> None:
    """A sum of hundreds of cases, and every level that the exchange format lets through."""
    large = tuple(
        Comparaison("effectif", Operateur.SUPERIEUR, seuil, SOURCE) for seuil in range(300)
    )
    profond: Critere = Vrai("projet_commence", SOURCE)
    for _ in range(PROFONDEUR_MAXIMUM // 2):
        profond = Non(Tous((profond, Vrai("activite_recherche", SOURCE))))
    assert not next(desaccords(trois, [AuMoins(2, large), profond]), "")


# ------------------------------------------------------------------ no safeguard is for show


def _partout(m: pytest.MonkeyPatch, nom: str, valeur: object) -> None:
    """Replace a function where it is defined and where the reading uses it."""
    for module in (sql, module_requete):
        m.setattr(module, nom, valeur, raising=False)


def _nie(critere: Any, contexte: Contexte) -> Paire:
    oui = _SATISFAITE(critere, contexte).oui
    return Paire(oui, ~oui)


def _strictement(gauche: Any, operateur: Operateur, droite: Any) -> Paire:
    egal_compris = operateur is Operateur.INFERIEUR_OU_EGAL
    return _COMPARER(gauche, Operateur.INFERIEUR if egal_compris else operateur, droite)


_SATISFAITE = module_requete._satisfaite
_COMPARER, _AU_MOINS, _DANS, _DERNIER_JOUR = sql.comparer, sql.au_moins, sql.dans, sql.dernier_jour
#: What is broken, how, and where it must show.
SABOTAGES: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], st.SearchStrategy[Critere]]] = {
    "Non does not swap": (
        lambda m: m.setattr(Paire, "contraire", lambda paire: paire),
        s.feuilles.map(Non),
    ),
    "Non by ~Q": (
        lambda m: m.setattr(Paire, "contraire", lambda p: Paire(~p.oui, p.oui)),
        s.feuilles.map(Non),
    ),
    "a leaf denied by ~Q": (
        lambda m: m.setattr(module_requete, "_satisfaite", _nie),
        s.FEUILLES[Vrai],
    ),
    "< for <=": (
        lambda m: m.setattr(module_requete, "comparer", _strictement),
        s.FEUILLES[Comparaison],
    ),
    "a share by division": (
        lambda m: m.setattr(
            module_requete,
            "proportion",
            lambda g, o, part, d: sql.comparer(g, o, d * Value(part[0]) / Value(part[1])),
        ),
        s.FEUILLES[Proportion],
    ),
    "not applicable is not answered": (
        lambda m: _partout(m, "sans_objet", lambda code, lookup="contains": []),
        s.FEUILLES[Comparaison],
    ),
    "a missing term counts for zero": (
        lambda m: m.setattr(sql, "_terme", lambda code: Coalesce(F(code), 0)),
        s.FEUILLES[Comparaison],
    ),
    "one more is needed to deny AuMoins": (
        lambda m: m.setattr(
            module_requete,
            "au_moins",
            lambda n, p: Paire(_AU_MOINS(n, p).oui, _AU_MOINS(n + 1, p).non),
        ),
        s.arbres,
    ),
    "a zone in part is a zone": (
        lambda m: m.setattr(
            module_requete,
            "dans",
            lambda f, c: Paire(FAUX, VRAI) if "PARTIELLE" in str(c) else _DANS(f, c),
        ),
        s.FEUILLES[EnZone],
    ),
    "a zone that is not loaded excludes": (
        lambda m: m.setattr(module_requete, "_reponse", lambda reponse, _: Paire(FAUX, VRAI)),
        s.FEUILLES[EnZone],
    ),
    "a day too late": (
        lambda m: _partout(m, "dernier_jour", lambda n, le: _DERNIER_JOUR(n, le - timedelta(1))),
        s.FEUILLES[DelaiEntreAides],
    ),
    "what does not apply can still be answered": (
        lambda m: m.setattr(
            module_requete,
            "ouverte",
            lambda codes: sql.ou(*(Q((f"{code}__isnull", True)) for code in codes)),
        ),
        st.just(Comparaison("chiffre_affaires", Operateur.SUPERIEUR, 10, SOURCE)),
    ),
    "a constant that needs no value": (
        lambda m: m.setattr(module_requete, "connue", lambda code, le: VRAI),
        s.FEUILLES[SansObjetFait],
    ),
}


@pytest.mark.parametrize("nom", SABOTAGES)
def test_removing_any_one_safeguard_is_caught(
    rangees: Rangees, monkeypatch: pytest.MonkeyPatch, nom: str
) -> None:
    saboter, arbres = SABOTAGES[nom]
    saboter(monkeypatch)
    seuls = settings(tranquille, max_examples=40, phases=[Phase.generate], derandomize=True)
    zones = Zones() if "not loaded" in nom else TOUTES
    find(
        st.lists(arbres, min_size=12, max_size=12),
        lambda tires: next(desaccords(rangees, tires, zones), "") != "",
        settings=seuls,
    )


def test_the_reading_takes_nothing_of_django_but_conditions() -> None:
    """The contract of imports lets these two modules in by name only."""
    for module in (sql, module_requete):
        arbre = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        importes = {n.module for n in ast.walk(arbre) if isinstance(n, ast.ImportFrom)}
        de_django = {nom for nom in importes if nom and nom.startswith("django")}
        assert de_django
        assert all(nom.startswith("django.db.models") for nom in de_django)
