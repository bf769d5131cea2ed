"""The company's questions, against brute force over every joint answer."""

import itertools
from collections.abc import Iterator

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Comparaison,
    Critere,
    Non,
    Operateur,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.evaluation import (
    Issue,
    Preuve,
    Situation,
    Verdict,
    bornes,
    evaluer,
    issue,
)
from aides.criteres.faits import DECLARES, SANS_OBJET, Faits
from aides.criteres.questions import (
    Decisive,
    feuilles_decisives,
    questions,
    questions_de_tous,
    reponses_decisives,
)
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import SOURCE, Zones, situation

tranquille = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def feuilles(preuve: Preuve) -> list[Preuve]:
    if not preuve.enfants:
        return [preuve]
    return [feuille for enfant in preuve.enfants for feuille in feuilles(enfant)]


def racine(preuve: Preuve, valeurs: Iterator[int]) -> int:
    """The root's verdict by counting; the leaves' values come in reading order."""
    match preuve.critere:
        case Non():
            return -racine(preuve.enfants[0], valeurs)
        case Tous() | Un() | AuMoins() as groupe:
            enfants = [racine(enfant, valeurs) for enfant in preuve.enfants]
            voulus = {Tous: len(enfants), Un: 1}.get(type(groupe)) or groupe.nombre
            if sum(v == 1 for v in enfants) >= voulus:
                return 1
            return 0 if sum(v >= 0 for v in enfants) >= voulus else -1
        case _ if preuve.enfants:
            return racine(preuve.enfants[0], valeurs)
        case _:
            return next(valeurs)


def changeantes(preuve: Preuve) -> set[int]:
    """By brute force, the ranks of the leaves whose flip changes the root for some answers."""
    toutes = feuilles(preuve)
    ouvertes = [rang for rang, feuille in enumerate(toutes) if feuille.manquants]
    assume(len(ouvertes) <= 8)
    trouvees: set[int] = set()
    for monde in itertools.product((-1, 1), repeat=len(ouvertes)):
        valeurs = [feuille.verdict.value for feuille in toutes]
        for rang, valeur in zip(ouvertes, monde, strict=True):
            valeurs[rang] = valeur
        ici = racine(preuve, iter(valeurs))
        for rang in set(ouvertes) - trouvees:
            autres = [-v if r == rang else v for r, v in enumerate(valeurs)]
            if racine(preuve, iter(autres)) != ici:
                trouvees.add(rang)
    return trouvees


def verifier(preuve: Preuve) -> None:
    toutes, attendues = feuilles(preuve), changeantes(preuve)
    decisives = feuilles_decisives(preuve)
    rangs = {rang for rang, f in enumerate(toutes) if any(f is d for d in decisives)}
    assert rangs == attendues
    assert len(decisives) == len(attendues)
    codes = {code for rang in attendues for code in toutes[rang].manquants}
    assert questions(preuve) == tuple(f.code for f in DECLARES if f.code in codes)


@tranquille
@given(s.arbres, s.situations)
def test_a_leaf_is_asked_iff_its_answer_can_decide(critere: Critere, cas: Situation) -> None:
    preuve = evaluer(critere, cas)
    verifier(preuve)
    assert cas.faits.keys().isdisjoint(questions(preuve))
    assert bool(questions(preuve)) is (issue(preuve) is Issue.A_COMPLETER)


@given(s.arbres_a_deux_voix)
def test_when_the_company_and_the_officer_both_have_to_answer(critere: Critere) -> None:
    """Nothing is known: the place where a node's two steps come apart."""
    verifier(evaluer(critere, situation({})))


A, B = Vrai("projet_commence", SOURCE), Vrai("a_jour_obligations", SOURCE)
AVIS = AVerifier("avis", "Un avis favorable a été rendu", SOURCE)
GRANDE = Comparaison("effectif", Operateur.SUPERIEUR_OU_EGAL, 100, SOURCE)
APPORT = Comparaison("apport", Operateur.SUPERIEUR_OU_EGAL, 100, SOURCE)


def test_a_leaf_that_is_open_yet_decides_nothing_is_not_asked() -> None:
    """An officer's word stands whatever the company answers: "non" is already sure."""
    refuse = evaluer(Tous((A, Un((GRANDE, B)))), situation({"projet_commence": False}))
    assert questions(refuse) == ()
    # max(min(A, avis), avis): A moves its group from NON to INCONNU, and the root never.
    couverte = evaluer(Un((Tous((A, AVIS)), AVIS)), situation({}))
    assert couverte.verdict is Verdict.INCONNU
    assert questions(couverte) == ()
    assert issue(couverte) is Issue.SOUS_RESERVE


def test_sums_and_sizes_are_asked_by_what_they_are_made_from() -> None:
    total = Comparaison("depense_terrain+depense_batiment", Operateur.SUPERIEUR, 5, SOURCE)
    preuve = evaluer(Tous((APPORT, total)), situation({"depense_terrain": 4}))
    assert questions(preuve) == ("depense_batiment", "apport")
    taille = TailleEuropeenne(Taille.MOYENNE, SOURCE)
    cas = situation({"effectif": 12, "chiffre_affaires": SANS_OBJET})
    assert questions(evaluer(taille, cas)) == ()
    assert questions(evaluer(taille, situation({"effectif": 12}))) == (
        "chiffre_affaires",
        "total_bilan",
    )


def test_the_questions_of_many_aides_come_once_in_the_order_of_the_form() -> None:
    preuves = [evaluer(c, situation({})) for c in (APPORT, Tous((APPORT, A)), GRANDE)]
    assert questions_de_tous(preuves) == ("effectif", "projet_commence", "apport")


# ------------------------------------------------------------------ the single answer


def test_the_single_answer_that_settles_the_most() -> None:
    """`A` refuses all three at once when it is "no"; "yes" leaves two of them open."""
    criteres = (Tous((A, GRANDE)), Tous((A, APPORT)), A)
    preuves = [evaluer(critere, situation({})) for critere in criteres]
    assert reponses_decisives(preuves) == [
        Decisive("projet_commence", toujours=1, au_mieux=3),
        Decisive("effectif", toujours=0, au_mieux=1),
        Decisive("apport", toujours=0, au_mieux=1),
    ]
    assert reponses_decisives([]) == []


def test_an_answer_that_leaves_the_officer_alone_settles_too() -> None:
    preuve = evaluer(Tous((A, AVIS)), situation({}))
    assert reponses_decisives([preuve]) == [Decisive("projet_commence", 1, 1)]


def test_an_answer_among_several_that_a_leaf_waits_for_settles_nothing_alone() -> None:
    total = Comparaison("depense_terrain+depense_batiment", Operateur.SUPERIEUR, 5, SOURCE)
    assert reponses_decisives([evaluer(total, situation({}))]) == []
    presque = evaluer(total, situation({"depense_terrain": 4}))
    assert reponses_decisives([presque]) == [Decisive("depense_batiment", 1, 1)]


def test_each_leaf_falls_on_its_own_best_side() -> None:
    """They are taken as independent, here as elsewhere: a denied one is best when it is "no"."""
    critere = Tous((Un((A, GRANDE)), Un((Non(A), APPORT))))
    decisive = {d.fait: d for d in reponses_decisives([evaluer(critere, situation({}))])}
    assert decisive == {"projet_commence": Decisive("projet_commence", 0, 1)}


def tranche(critere: Critere, cas: Situation, code: str, feuille_vraie: bool) -> bool:
    apres = situation({**cas.faits, code: feuille_vraie})
    return issue(evaluer(critere, apres)) is not Issue.A_COMPLETER


OUI_NON = st.sampled_from([f.code for f in DECLARES if f.phrases and not f.sans_objet])
simples: st.SearchStrategy[Critere] = st.recursive(
    st.builds(Vrai, OUI_NON, st.just(SOURCE)) | st.just(AVIS), s._groupes, max_leaves=8
)


@tranquille
@given(simples)
def test_the_count_is_that_of_answering_for_real(critere: Critere) -> None:
    """On yes/no facts each read once, best and worst are the two answers."""
    cas = situation({})
    preuve = evaluer(critere, cas)
    codes = [code for f in feuilles(preuve) for code in f.manquants]
    assume(len(codes) == len(set(codes)))
    trouvees = {d.fait: d for d in reponses_decisives([preuve])}
    for code in questions(preuve):
        reels = [tranche(critere, cas, code, reponse) for reponse in (True, False)]
        obtenu = trouvees.get(code, Decisive(code, 0, 0))
        assert (obtenu.toujours, obtenu.au_mieux) == (int(all(reels)), int(any(reels)))


# ------------------------------------------------------------------ what learning does

CODES = st.sets(st.sampled_from([fait.code for fait in DECLARES]))


@tranquille
@given(s.arbres, s.faits_complets, CODES, CODES, s.referentiels, s.reponses)
def test_learning_only_narrows_what_a_node_can_become(
    critere: Critere,
    faits: Faits,
    tus: set[str],
    appris: set[str],
    zones: Zones,
    agent: dict[str, bool],
) -> None:
    def bornes_de_tous(preuve: Preuve) -> Iterator[tuple[int, int]]:
        yield bornes(preuve)
        for enfant in preuve.enfants:
            yield from bornes_de_tous(enfant)

    moins = {code: valeur for code, valeur in faits.items() if code not in tus}
    plus = {code: valeur for code, valeur in faits.items() if code not in tus - appris}
    avant = bornes_de_tous(evaluer(critere, situation(moins, zones, agent)))
    apres = bornes_de_tous(evaluer(critere, situation(plus, zones, agent)))
    for (bas, haut), (bas_apres, haut_apres) in zip(avant, apres, strict=True):
        assert bas <= bas_apres <= haut_apres <= haut


@tranquille
@given(s.arbres, s.faits_complets, CODES, s.referentiels)
def test_an_answer_that_was_not_asked_for_changes_no_outcome(
    critere: Critere, faits: Faits, tus: set[str], zones: Zones
) -> None:
    connus = {code: valeur for code, valeur in faits.items() if code not in tus}
    preuve = evaluer(critere, situation(connus, zones))
    posees = questions(preuve)
    plus = {code: valeur for code, valeur in faits.items() if code not in posees}
    apres = evaluer(critere, situation(plus, zones))
    assert issue(apres) is issue(preuve)
    assert questions(apres) == posees


@tranquille
@given(s.arbres, s.faits_complets, CODES)
def test_answering_the_questions_one_by_one_ends(
    critere: Critere, faits: Faits, tus: set[str]
) -> None:
    """At each step the first question only; never more of them than facts that were hidden."""
    connus = {code: valeur for code, valeur in faits.items() if code not in tus}
    for _ in range(len(tus) + 1):
        preuve = evaluer(critere, situation(connus))
        posees = questions(preuve)
        if not posees:
            break
        connus[posees[0]] = faits[posees[0]]
    assert issue(preuve) is issue(evaluer(critere, situation(faits)))
