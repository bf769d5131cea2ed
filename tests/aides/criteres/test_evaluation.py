"""Verdicts, proofs and outcomes, against oracles written here without looking at the code."""

import itertools
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    EnZone,
    Fenetre,
    Feuille,
    Groupe,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.choix import DEPENSES
from aides.criteres.evaluation import (
    TYPES_LISIBLES,
    FeuilleDeFait,
    Issue,
    Preuve,
    Situation,
    Verdict,
    definition,
    evaluer,
    issue,
    lus,
)
from aides.criteres.faits import SANS_OBJET, VOCABULAIRE, Faits, completer
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import JOUR, LIEUX, SOURCE, Zones, situation

OUI, NON, INCONNU = Verdict.OUI, Verdict.NON, Verdict.INCONNU
tranquille = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


# ------------------------------------------------------------------ oracles


def oracle(critere: Critere, feuilles: Iterator[str]) -> str:
    """Three-valued logic by counting, on letters; the leaves' values come in reading order."""
    match critere:
        case Non(interieur):
            return {"V": "F", "F": "V", "?": "?"}[oracle(interieur, feuilles)]
        case TailleEuropeenne():
            return oracle(definition(critere), feuilles)
        case Tous() | Un() | AuMoins():
            lettres = [oracle(enfant, feuilles) for enfant in critere.criteres]
            vrais, inconnus = lettres.count("V"), lettres.count("?")
            voulus = len(lettres) if isinstance(critere, Tous) else 1
            voulus = critere.nombre if isinstance(critere, AuMoins) else voulus
            return "V" if vrais >= voulus else "?" if vrais + inconnus >= voulus else "F"
        case _:
            return next(feuilles)


def feuilles_de(preuve: Preuve) -> list[Preuve]:
    """The proofs of the leaves in reading order, those of definitions included."""
    if not preuve.enfants:
        return [preuve]
    return [feuille for enfant in preuve.enfants for feuille in feuilles_de(enfant)]


def lettre(verdict: Verdict) -> str:
    return {1: "V", 0: "?", -1: "F"}[verdict.value]


def peut_changer(critere: Critere, preuve: Preuve) -> bool:
    """By brute force: do some joint answers of the company settle the verdict?"""
    feuilles = feuilles_de(preuve)
    choix = [
        ("V", "F") if feuille.verdict is INCONNU and feuille.manquants else lettre(feuille.verdict)
        for feuille in feuilles
    ]
    assume(sum(len(options) == 2 for options in choix) <= 10)
    return any(oracle(critere, iter(monde)) != "?" for monde in itertools.product(*choix))


# ------------------------------------------------------------------ laws


def test_the_strategies_cover_every_node() -> None:
    assert set(s.FEUILLES) == set(get_args(Feuille))
    assert {Tous, Un, AuMoins, Non} == set(get_args(Groupe))
    assert set(TYPES_LISIBLES) == set(get_args(FeuilleDeFait))


@tranquille
@given(s.arbres, s.situations)
def test_the_verdict_is_that_of_three_valued_logic(critere: Critere, cas: Situation) -> None:
    preuve = evaluer(critere, cas)
    lettres = iter([lettre(feuille.verdict) for feuille in feuilles_de(preuve)])
    assert lettre(preuve.verdict) == oracle(critere, lettres)


@tranquille
@given(st.lists(s.arbres, min_size=1, max_size=4).map(tuple), s.situations)
def test_de_morgan(criteres: tuple[Critere, ...], cas: Situation) -> None:
    contraires = tuple(Non(critere) for critere in criteres)
    total = len(criteres)

    def verdict(critere: Critere) -> Verdict:
        return evaluer(critere, cas).verdict

    assert verdict(Non(Tous(criteres))) == verdict(Un(contraires))
    assert verdict(Non(Un(criteres))) == verdict(Tous(contraires))
    for nombre in range(1, total + 1):
        denie = AuMoins(total - nombre + 1, contraires)
        assert verdict(Non(AuMoins(nombre, criteres))) == verdict(denie)
    assert verdict(AuMoins(1, criteres)) == verdict(Un(criteres))
    assert verdict(AuMoins(total, criteres)) == verdict(Tous(criteres))
    assert verdict(Non(Non(criteres[0]))) == verdict(criteres[0])


@tranquille
@given(s.arbres, s.situations)
def test_the_outcome_is_a_completer_iff_answers_can_change_it(
    critere: Critere, cas: Situation
) -> None:
    preuve = evaluer(critere, cas)
    attendue = {OUI: Issue.ELIGIBLE, NON: Issue.NON_ELIGIBLE}.get(preuve.verdict)
    if attendue is None:
        change = peut_changer(critere, preuve)
        attendue = Issue.A_COMPLETER if change else Issue.SOUS_RESERVE
    assert issue(preuve) is attendue


@given(s.arbres_a_deux_voix)
def test_the_outcome_when_the_company_and_the_officer_both_have_to_answer(
    critere: Critere,
) -> None:
    """Nothing is known: every leaf waits for one or the other, where the outcome is hardest."""
    preuve = evaluer(critere, situation({}))
    attendue = Issue.A_COMPLETER if peut_changer(critere, preuve) else Issue.SOUS_RESERVE
    assert issue(preuve) is attendue


def test_the_outcome_under_a_denial() -> None:
    """One "yes" of the company makes the inner group true, its denial false, and all is lost."""
    avis, autre = AVerifier("avis", "Un avis", SOURCE), AVerifier("point-3", "Un point", SOURCE)
    interieur = Un((Vrai("projet_commence", SOURCE), avis))
    assert issue(evaluer(Tous((Non(interieur), autre)), situation({}))) is Issue.A_COMPLETER
    assert issue(evaluer(Un((Non(interieur), autre)), situation({}))) is Issue.SOUS_RESERVE


@tranquille
@given(
    s.arbres,
    s.faits_complets,
    st.sets(st.sampled_from(sorted(VOCABULAIRE))),
    s.referentiels,
    s.reponses,
    s.reponses,
)
def test_learning_never_moves_a_settled_verdict(
    critere: Critere,
    faits: Faits,
    tus: set[str],
    zones: Zones,
    avant: dict[str, bool],
    apres: dict[str, bool],
) -> None:
    connus = {code: valeur for code, valeur in faits.items() if code not in tus}
    moins = evaluer(critere, situation(connus, zones, avant)).verdict
    plus = evaluer(critere, situation(faits, Zones(frozenset(s.ZONES)), apres | avant)).verdict
    assert moins in (INCONNU, plus)


@tranquille
@given(s.arbres, s.faits_complets)
def test_with_every_answer_nothing_is_left_to_the_company(critere: Critere, faits: Faits) -> None:
    preuve = evaluer(critere, situation(faits))
    assert not any(feuille.manquants for feuille in feuilles_de(preuve))
    assert issue(preuve) is not Issue.A_COMPLETER


@tranquille
@given(s.arbres, s.situations)
def test_the_proof_mirrors_the_tree(critere: Critere, cas: Situation) -> None:
    def memes(preuve: Preuve, noeud: Critere) -> None:
        assert preuve.critere is noeud or preuve.critere == noeud
        match noeud:
            case Tous(enfants) | Un(enfants) | AuMoins(_, enfants):
                voulus: tuple[Critere, ...] = enfants
            case Non(interieur):
                voulus = (interieur,)
            case TailleEuropeenne():
                voulus = (definition(noeud),)
            case _:
                voulus = ()
        for enfant, voulu in zip(preuve.enfants, voulus, strict=True):
            memes(enfant, voulu)

    memes(evaluer(critere, cas), critere)


# ------------------------------------------------------------------ exactness

COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}
centimes = st.integers(0, 10**14)


@given(centimes, centimes, st.integers(0, 10**6), st.integers(1, 10**6), s.operateurs)
def test_a_share_is_exact_to_the_cent(
    gauche: int, droite: int, numerateur: int, denominateur: int, operateur: Operateur
) -> None:
    critere = Proportion("apport", operateur, numerateur, denominateur, "emprunt", SOURCE)
    preuve = evaluer(critere, situation({"apport": gauche, "emprunt": droite}))
    attendu = COMPARE[operateur.value](
        Fraction(gauche), Fraction(numerateur, denominateur) * droite
    )
    assert preuve.verdict is (OUI if attendu else NON)


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_boundary_of_a_share_is_on_the_right_side(k: int, num: int, den: int) -> None:
    """On the boundary, one cent below, one cent above: where floats go wrong."""
    critere = Proportion("apport", Operateur.INFERIEUR_OU_EGAL, num, den, "emprunt", SOURCE)
    verdicts = [
        evaluer(critere, situation({"apport": k * num + ecart, "emprunt": k * den})).verdict
        for ecart in (-1, 0, 1)
    ]
    assert verdicts == [OUI, OUI, NON]


@given(st.lists(centimes, min_size=len(DEPENSES), max_size=len(DEPENSES)))
def test_a_total_is_exact_to_the_cent(montants: list[int]) -> None:
    faits = dict(zip(DEPENSES, montants, strict=True))
    total = sum(montants)
    for operateur, seuil, attendu in (
        (Operateur.SUPERIEUR_OU_EGAL, total, OUI),
        (Operateur.SUPERIEUR, total, NON),
        (Operateur.INFERIEUR, total + 1, OUI),
        (Operateur.EGAL, total, OUI),
    ):
        critere = Comparaison("depenses_total", operateur, seuil, SOURCE)
        assert evaluer(critere, situation(faits)).verdict is attendu


# ------------------------------------------------------------------ leaves, by example


def verdict(critere: Critere, faits: Faits, zones: Zones | None = None) -> Verdict:
    return evaluer(critere, situation(faits, zones)).verdict


@pytest.mark.parametrize(
    ("effectif", "attendu"), [(2489, OUI), (2490, OUI), (2491, NON), (None, INCONNU)]
)
def test_a_threshold(effectif: int | None, attendu: Verdict) -> None:
    critere = Comparaison("effectif", Operateur.INFERIEUR_OU_EGAL, 2490, SOURCE)
    assert verdict(critere, {} if effectif is None else {"effectif": effectif}) is attendu


def test_not_applicable_satisfies_no_leaf_but_its_own() -> None:
    faits = {"chiffre_affaires": SANS_OBJET}
    for operateur in Operateur:
        compare = Comparaison("chiffre_affaires", operateur, 0, SOURCE)
        assert verdict(compare, faits) is NON
        assert verdict(Non(compare), faits) is OUI
    assert verdict(SansObjetFait("chiffre_affaires", SOURCE), faits) is OUI
    assert verdict(SansObjetFait("chiffre_affaires", SOURCE), {"chiffre_affaires": 0}) is NON
    assert verdict(SansObjetFait("chiffre_affaires", SOURCE), {}) is INCONNU


def test_a_share_of_what_does_not_apply_asks_nothing_more() -> None:
    critere = Proportion("fonds_propres", Operateur.SUPERIEUR, 1, 1, "aide_souhaitee", SOURCE)
    preuve = evaluer(critere, situation({"fonds_propres": SANS_OBJET}))
    assert (preuve.verdict, preuve.manquants) == (NON, frozenset[str]())


def test_a_derived_fact_asks_for_what_it_is_made_of() -> None:
    critere = Comparaison("depenses_immobilieres", Operateur.SUPERIEUR, 0, SOURCE)
    preuve = evaluer(critere, situation({"depense_terrain": 100}))
    assert (preuve.verdict, preuve.manquants) == (INCONNU, frozenset({"depense_batiment"}))


def test_a_hierarchical_code_at_every_level() -> None:
    faits = {"naf": "10.11Z", "forme_juridique": "5710"}
    for niveau in ("C", "10", "10.1", "10.11", "10.11Z"):
        assert verdict(Commence("naf", frozenset({niveau}), SOURCE), faits) is OUI
        sauf = Commence("naf", frozenset({"C"}), SOURCE, frozenset({niveau}))
        assert verdict(sauf, faits) is NON
    for niveau in ("A", "11", "10.2", "10.12", "10.11A"):
        assert verdict(Commence("naf", frozenset({niveau}), SOURCE), faits) is NON
    assert verdict(Commence("forme_juridique", frozenset({"57"}), SOURCE), faits) is OUI
    assert verdict(Commence("forme_juridique", frozenset({"92"}), SOURCE), faits) is NON


def test_a_place_and_its_exclusions() -> None:
    epci = frozenset({"EPCI-999000001"})
    region = Situe("commune_projet", frozenset({"REG-99"}), SOURCE, epci)
    assert verdict(region, {"commune_projet": LIEUX["99001"]}) is NON  # the exclusion wins
    assert verdict(region, {"commune_projet": LIEUX["99002"]}) is NON
    assert verdict(region, {"commune_projet": LIEUX["99003"]}) is OUI


def test_a_zone_that_is_not_loaded_is_unknown_and_asks_nothing() -> None:
    critere = EnZone("commune_projet", "AFR", SOURCE)
    preuve = evaluer(critere, situation({}, Zones()))
    assert (preuve.verdict, preuve.manquants) == (INCONNU, frozenset())
    assert issue(preuve) is Issue.SOUS_RESERVE
    assert verdict(critere, {"commune_projet": LIEUX["99001"]}) is OUI
    assert verdict(critere, {"commune_projet": LIEUX["99002"]}) is NON
    assert issue(evaluer(critere, situation({}))) is Issue.A_COMPLETER


def test_a_window_includes_both_ends() -> None:
    def dans(debut: date | None, fin: date | None) -> Verdict:
        return verdict(Fenetre("date_demande", debut, fin, SOURCE), {})

    veille, lendemain = date(2026, 11, 20), date(2026, 11, 22)
    assert dans(JOUR, JOUR) is dans(None, JOUR) is dans(JOUR, None) is dans(None, None) is OUI
    assert dans(lendemain, None) is dans(None, veille) is NON


def test_at_least_one_of_several_choices() -> None:
    critere = Parmi("secteur", frozenset({"industrie", "artisanat"}), SOURCE)
    assert verdict(critere, {"secteur": frozenset({"artisanat", "tourisme"})}) is OUI
    assert verdict(critere, {"secteur": frozenset({"tourisme"})}) is NON
    assert verdict(critere, {"secteur": frozenset()}) is NON


@pytest.mark.parametrize(
    ("effectif", "ca", "bilan", "attendues"),
    [
        (99, 200_000_000, 300_000_000, (OUI, OUI, OUI)),  # turnover at the ceiling suffices
        (100, 1, 1, (NON, OUI, OUI)),  # ten persons are not "fewer than ten"
        (99, 200_000_001, 200_000_001, (NON, OUI, OUI)),
        (2499, 5_000_000_001, 4_300_000_000, (NON, NON, OUI)),
        (2499, 5_000_000_001, 4_300_000_001, (NON, NON, NON)),
        (2500, 0, 0, (NON, NON, NON)),
        (2, SANS_OBJET, SANS_OBJET, (OUI, OUI, OUI)),
    ],
)
def test_european_sizes(effectif: int, ca: int, bilan: int, attendues: tuple[Verdict]) -> None:
    faits = {"effectif": effectif, "chiffre_affaires": ca, "total_bilan": bilan}
    obtenues = tuple(verdict(TailleEuropeenne(taille, SOURCE), faits) for taille in Taille)
    assert obtenues == attendues


def test_what_only_an_officer_can_say() -> None:
    critere = Tous((Vrai("a_jour_obligations", SOURCE), AVerifier("impact", "Un avis", SOURCE)))
    cas = {"a_jour_obligations": True}
    assert issue(evaluer(critere, situation(cas))) is Issue.SOUS_RESERVE
    assert issue(evaluer(critere, situation({}))) is Issue.A_COMPLETER  # a "no" would exclude
    for reponse, attendue in ((True, Issue.ELIGIBLE), (False, Issue.NON_ELIGIBLE)):
        preuve = evaluer(critere, situation(cas, reponses={"impact": reponse}))
        assert issue(preuve) is attendue


def test_groups_that_are_empty_or_out_of_range_still_have_a_verdict() -> None:
    vrai = Comparaison("effectif", Operateur.SUPERIEUR_OU_EGAL, 0, SOURCE)
    assert verdict(Tous(()), {}) is verdict(AuMoins(0, (vrai,)), {}) is OUI
    assert verdict(Un(()), {}) is verdict(AuMoins(2, (vrai,)), {"effectif": 10}) is NON


def test_a_leaf_on_the_wrong_type_of_fact_is_an_error_not_a_verdict() -> None:
    with pytest.raises(TypeError):
        verdict(Vrai("effectif", SOURCE), {"effectif": 10})


def test_leaves_name_the_facts_they_read() -> None:
    part = Proportion("apport", Operateur.EGAL, 1, 2, "emprunt", SOURCE)
    assert lus(part) == ("apport", "emprunt")
    assert evaluer(part, situation({"apport": 1, "emprunt": 2})).base == 2
    assert lus(AVerifier("impact", "Un avis", SOURCE)) == ()


def test_a_match_can_be_replayed_on_another_day() -> None:
    critere = Comparaison("age_mois", Operateur.INFERIEUR, 36, SOURCE)
    faits = {"date_creation": date(2023, 11, 22)}
    for jour, attendu in ((date(2026, 11, 21), OUI), (date(2026, 11, 22), NON)):
        assert evaluer(critere, Situation(completer(faits, jour), Zones())).verdict is attendu
