"""Counterfactuals: made real they change the outcome, and nothing cheaper does."""

import itertools
from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aides.criteres.arbre import (
    AVerifier,
    Comparaison,
    Critere,
    Operateur,
    Parmi,
    SansObjetFait,
    Vrai,
)
from aides.criteres.contrefactuel import Contrefactuel, appliquer, contrefactuel, poids
from aides.criteres.evaluation import Issue, Situation, evaluer, issue
from aides.criteres.faits import SANS_OBJET, Faits, Valeur, completer
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import JOUR, SOURCE, Zones

tranquille = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)
BONNES = (Issue.ELIGIBLE, Issue.SOUS_RESERVE)


def chercher(critere: Critere, cas: Situation) -> Contrefactuel | None:
    return contrefactuel(evaluer(critere, cas), cas)


@tranquille
@given(s.arbres, s.situations)
def test_made_real_it_leads_where_it_says(critere: Critere, cas: Situation) -> None:
    trouve = chercher(critere, cas)
    if trouve is None:
        assert issue(evaluer(critere, cas)) not in BONNES
        return
    apres = evaluer(critere, appliquer(trouve.changements, cas))
    assert issue(apres) is trouve.issue
    assert trouve.issue in BONNES
    assert (evaluer(critere, cas), apres) == (trouve.depart, trouve.arrivee)
    assert bool(trouve.changements) is (issue(evaluer(critere, cas)) not in BONNES)
    for changement in trouve.changements:
        assert changement.avant == cas.faits.get(changement.fait)
        assert changement.apres != changement.avant


# ------------------------------------------------------------------ nothing is cheaper

SUP_EGAL = Operateur.SUPERIEUR_OU_EGAL
NATURES = (frozenset({"export"}), frozenset({"recrutement"}))
#: Every answer worth telling apart for the leaves below, on both sides of each boundary.
REPONSES: Mapping[str, tuple[Valeur, ...]] = {
    "effectif": (0, 99, 100, 101, 199, 200, 201),
    "fonds_propres": (SANS_OBJET, 0, 1, 500, 501),
    "projet_commence": (True, False),
    "nature_projet": (frozenset(), *NATURES, NATURES[0] | NATURES[1], frozenset({"energie"})),
}
SIMPLES: st.SearchStrategy[Critere] = st.one_of(
    st.builds(
        Comparaison, st.just("effectif"), s.operateurs, st.sampled_from((100, 200)), st.just(SOURCE)
    ),
    st.builds(
        Comparaison, st.just("fonds_propres"), s.operateurs, st.sampled_from((1, 500)),
        st.just(SOURCE),
    ),
    st.just(SansObjetFait("fonds_propres", SOURCE)),
    st.just(Vrai("projet_commence", SOURCE)),
    st.sampled_from([Parmi("nature_projet", codes, SOURCE) for codes in NATURES]),
    st.just(AVerifier("avis", "Un avis favorable a été rendu", SOURCE)),
)  # fmt: skip
petits: st.SearchStrategy[Critere] = st.recursive(SIMPLES, s._groupes, max_leaves=7)
petits_dossiers: st.SearchStrategy[Faits] = st.fixed_dictionaries(
    {}, optional={code: st.sampled_from(valeurs) for code, valeurs in REPONSES.items()}
)


def cout(avant: Faits, apres: Mapping[str, Valeur | None]) -> int:
    return sum(
        poids(code, avant.get(code), valeur)
        for code, valeur in apres.items()
        if valeur is not None and valeur != avant.get(code)
    )


def moins_cher(critere: Critere, cas: Situation) -> int | None:
    """By brute force: what the cheapest of all possible answers costs."""
    choix = [(cas.faits.get(code), *REPONSES[code]) for code in REPONSES]
    couts = []
    for valeurs in itertools.product(*choix):
        apres = dict(zip(REPONSES, valeurs, strict=True))
        faits: Faits = {code: valeur for code, valeur in apres.items() if valeur is not None}
        if issue(evaluer(critere, Situation(completer(faits, JOUR), Zones()))) in BONNES:
            couts.append(cout(cas.faits, apres))
    return min(couts, default=None)


@tranquille
@given(petits, petits_dossiers)
def test_nothing_is_cheaper(critere: Critere, faits: Faits) -> None:
    cas = Situation(completer(faits, JOUR), Zones())
    trouve = chercher(critere, cas)
    total = None if trouve is None else sum(c.poids for c in trouve.changements)
    assert total == moins_cher(critere, cas)
