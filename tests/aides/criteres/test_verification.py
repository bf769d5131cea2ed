"""What may not be published."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    EnZone,
    Fenetre,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    Source,
    Taille,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.evaluation import Verdict, evaluer
from aides.criteres.noeuds import Defaut
from aides.criteres.verification import verifier
from tests.aides.criteres import strategies as s
from tests.aides.criteres.strategies import SOURCE, situation

INF, INF_EGAL, EGAL, SUP_EGAL, SUP = Operateur
A = Vrai("a_jour_obligations", SOURCE)
B = Vrai("projet_commence", Source("Autre texte"))
AUTRE = Source("Un autre texte")
AFR = EnZone("commune_projet", "AFR", SOURCE)


def effectif(operateur: Operateur, dixiemes: int) -> Comparaison:
    return Comparaison("effectif", operateur, dixiemes, SOURCE)


def ca(operateur: Operateur, centimes: int) -> Comparaison:
    return Comparaison("chiffre_affaires", operateur, centimes, SOURCE)


def debut(premier: date | None, dernier: date | None) -> Fenetre:
    return Fenetre("date_debut_projet", premier, dernier, SOURCE)


def territoires(*codes: str) -> frozenset[str]:
    return frozenset(codes)


SAINS: list[Critere] = [
    Tous((effectif(SUP_EGAL, 10), effectif(INF, 2500), A, Non(B))),
    Un((effectif(INF, 10), effectif(SUP, 10))),
    Un((ca(INF, 10), ca(SUP_EGAL, 10))),  # neither holds when there is no turnover yet
    Un((ca(SUP_EGAL, 100), SansObjetFait("chiffre_affaires", SOURCE))),
    ca(SUP_EGAL, 0),
    Non(SansObjetFait("chiffre_affaires", SOURCE)),
    Commence("naf", frozenset({"C", "55"}), SOURCE, frozenset({"10.11Z", "12"})),
    Situe("commune_projet", territoires("REG-99"), SOURCE, territoires("EPCI-999000001")),
    AFR,
    debut(date(2026, 1, 1), date(2026, 1, 1)),
    TailleEuropeenne(Taille.MOYENNE, SOURCE),
    Tous((AVerifier("avis", "Un avis", SOURCE), AVerifier("avis", "Un avis", AUTRE))),
    AuMoins(2, (A, B, Non(A))),
]


@pytest.mark.parametrize("critere", SAINS)
def test_what_may_be_published(critere: Critere) -> None:
    assert verifier(critere, {"AFR"}, (*s.NAF, "12.00Z", "55.10Z")) == []


@pytest.mark.parametrize(
    ("critere", "chemin", "message"),
    [
        (Vrai("projet_commence", Source("  ")), "source", "source manque"),
        (Tous(()), "criteres", "groupe vide"),
        (Un((A, Tous(()))), "criteres/1/criteres", "groupe vide"),
        (AuMoins(3, (A, B)), "nombre", "de 1 à 2"),
        (AuMoins(0, (A, B)), "nombre", "de 1 à 2"),
        (effectif(INF, 0), "", "impossible"),
        (effectif(INF_EGAL, -10), "", "impossible"),
        (effectif(SUP_EGAL, 0), "", "toujours vraie"),
        (debut(date(2026, 2, 1), date(2026, 1, 31)), "fin", "finit avant"),
        (debut(None, None), "", "toujours vraie"),
        (SansObjetFait("effectif", SOURCE), "", "impossible"),
        (Proportion("apport", INF, 1, 0, "emprunt", SOURCE), "part", "positive"),
        (Proportion("apport", INF, 1, -2, "emprunt", SOURCE), "part", "positive"),
        (Proportion("apport", INF, 1, 2, "apport", SOURCE), "droite", "lui-même"),
        (Proportion("apport", INF, 1, 2, "effectif", SOURCE), "droite", "unité"),
        (Parmi("secteur", frozenset(), SOURCE), "codes", "aucun code"),
        (Parmi("secteur", frozenset({"licorne"}), SOURCE), "codes", "licorne"),
        (Commence("naf", frozenset(), SOURCE), "codes", "aucun code"),
        (Commence("naf", frozenset({"34"}), SOURCE), "codes", "n’existe pas"),
        (Commence("naf", frozenset({"10.9"}), SOURCE), "codes", "n’existe pas"),
        (Commence("forme_juridique", frozenset({"57A"}), SOURCE), "codes", "n’existe pas"),
        (Commence("naf", frozenset({"10.11Z"}), SOURCE, frozenset({"C"})), "sauf", "exclu"),
        (Commence("naf", frozenset({"25"}), SOURCE, frozenset({"10"})), "sauf", "n’exclut rien"),
        (Situe("commune_projet", frozenset(), SOURCE), "perimetre", "aucun territoire"),
        (Situe("commune_projet", territoires("Tarn"), SOURCE), "perimetre", "mal formé"),
        (
            Situe("commune_projet", territoires("REG-99"), SOURCE, territoires("REG-99")),
            "sauf",
            "demandé et exclu",
        ),
        (EnZone("commune_projet", "ZRR", SOURCE), "zone", "zone inconnue"),
        (AVerifier("avis", " ", SOURCE), "libelle", "vide"),
        (Vrai("couleur", SOURCE), "fait", "fait inconnu"),
        (Vrai("effectif", SOURCE), "fait", "ne sait pas lire"),
        (Tous((effectif(INF, 100), effectif(SUP_EGAL, 100))), "", "contradictoires"),
        (Tous((effectif(EGAL, 10), Tous((effectif(EGAL, 20), A)))), "", "contradictoires"),
        (Tous((A, Non(A))), "", "contradictoires"),
        (Tous((ca(SUP, 5), SansObjetFait("chiffre_affaires", AUTRE))), "", "contradictoires"),
        (
            Tous((debut(None, date(2026, 1, 31)), debut(date(2026, 2, 1), None))),
            "",
            "contradictoires",
        ),
        (Un((effectif(INF, 100), effectif(SUP_EGAL, 100))), "", "toujours vraie"),
        (Un((effectif(INF, 200), B, effectif(SUP, 100))), "", "toujours vraie"),
        (Un((A, Non(A))), "", "toujours vraie"),
        (Un((ca(SUP, 5), Non(ca(SUP, 5)))), "", "toujours vraie"),
        (
            Un(
                (
                    EnZone("commune_projet", "AFR", SOURCE),
                    Non(EnZone("commune_projet", "AFR", AUTRE)),
                )
            ),
            "",
            "toujours vraie",
        ),
        (Tous((Un((A, B)), Non(Un((A, B))))), "", "contraire"),
        (
            Un((AVerifier("avis", "Un avis", SOURCE), Non(AVerifier("avis", "Deux", SOURCE)))),
            "criteres/1/critere/code",
            "deux conditions",
        ),
    ],
)
def test_what_may_not_be_published(critere: Critere, chemin: str, message: str) -> None:
    (defaut,) = verifier(critere, {"AFR"}, s.NAF)
    assert defaut.chemin == chemin
    assert message in defaut.message


def test_checks_that_need_a_reference_are_skipped_without_it() -> None:
    assert verifier(EnZone("commune_projet", "ZRR", SOURCE)) == []
    assert verifier(Commence("naf", frozenset({"10.9"}), SOURCE)) == []


def test_every_fault_with_its_place() -> None:
    arbre = Tous((A, Non(Un((effectif(INF, 0), Vrai("projet_commence", Source("")))))))
    assert verifier(arbre, chemin="aides/2/criteres") == [
        Defaut(
            "aides/2/criteres/criteres/1/critere/criteres/0",
            "condition impossible sur « effectif »",
        ),
        Defaut("aides/2/criteres/criteres/1/critere/criteres/1/source", "la source manque"),
    ]


@given(s.arbres)
def test_any_tree_can_be_verified(critere: Critere) -> None:
    for defaut in verifier(critere, s.ZONES, s.NAF):
        assert defaut.message


litteraux = st.builds(
    lambda operateur, seuil, oui: (
        effectif(operateur, seuil) if oui else Non(effectif(operateur, seuil))
    ),
    s.operateurs,
    st.integers(0, 5),
    st.booleans(),
)


@given(st.lists(litteraux, min_size=2, max_size=4).map(tuple))
def test_contradictions_and_evidences_are_exactly_those_of_the_numbers(
    criteres: tuple[Critere, ...],
) -> None:
    """Against every value up to beyond the thresholds, when no condition is at fault alone."""

    def verdicts(critere: Critere) -> set[Verdict]:
        return {evaluer(critere, situation({"effectif": n})).verdict for n in range(8)}

    if any(len(verdicts(critere)) == 1 for critere in criteres):
        return
    jamais = verdicts(Tous(criteres)) == {Verdict.NON}
    toujours = verdicts(Un(criteres)) == {Verdict.OUI}
    assert bool(verifier(Tous(criteres))) is jamais
    assert bool(verifier(Un(criteres))) is toujours
