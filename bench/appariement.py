"""One dossier x N aides, with the status of every criterion: the compiled catalogue and the peers.

Verdicts first: our evaluation, aide by aide, is the reference for the circuit and for each peer.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Sequence

from aides.criteres.arbre import AuMoins, Non, Tous, Un
from aides.criteres.circuit import HAUT_INCONNU, OUI, Circuit, Lecture
from aides.criteres.compilation import compiler
from aides.criteres.evaluation import Preuve, Situation, Verdict, evaluer
from aides.criteres.faits import Faits
from bench.catalogue import catalogue
from bench.dossiers import complets, lacunaires
from bench.graphique import Courbe
from bench.lieux import Referentiel
from bench.mesure import CALCUL, Epreuve, chronometrer, droite, tours
from bench.pairs import PAIRS, Lecteur, Pair
from bench.rapport import Chiffre
from bench.traduction import contexte

TAILLES = (1_000, 2_000, 5_000, 10_000, 20_000)
REFERENCE = 10_000
#: Dossiers whose verdicts are compared, complete and with gaps; turns of the race.
COMPARES, TOURS = 3, 8
#: The circuit is quick: it runs so many times in each turn.
FOIS = 20
CIRCUIT, STATUTS = "portail", "portail, un statut par critère distinct"
_STATUTS = {True: Verdict.OUI, None: Verdict.INCONNU, False: Verdict.NON}
REFERENTIEL = Referentiel()

Dire = Callable[[str], None]


class Desaccord(Exception):
    """An engine does not say what our evaluation says: nothing is timed."""


# ------------------------------------------------------------------ same verdicts first


def _feuilles(preuve: Preuve) -> Iterator[Verdict]:
    """The verdicts of the leaves, in the order of the tree."""
    if isinstance(preuve.critere, Tous | Un | AuMoins | Non):
        for enfant in preuve.enfants:
            yield from _feuilles(enfant)
    else:
        yield preuve.verdict


def _verdict(statut: int) -> Verdict:
    if statut == OUI:
        return Verdict.OUI
    return Verdict.INCONNU if statut & HAUT_INCONNU else Verdict.NON


def verifier_circuit(circuit: Circuit, preuves: Sequence[Preuve], faits: Faits) -> int:
    """How many criteria were compared; raises Desaccord at the first difference."""
    lecture = circuit.lire(faits, REFERENTIEL)
    attendus = [verdict for preuve in preuves for verdict in _feuilles(preuve)]
    obtenus = [_verdict(statut) for statut in lecture.criteres().tolist()]
    if obtenus != attendus or lecture.verdicts() != [preuve.verdict for preuve in preuves]:
        raise Desaccord("Le catalogue compilé ne dit pas ce que dit l’évaluation.")
    return len(attendus)


def verifier_pair(pair: Pair, lire: Lecteur, preuves: Sequence[Preuve], faits: Faits) -> int:
    """The same for a peer, which tells the criteria of an aide, each as a whole."""
    compares = 0
    for statuts, preuve in zip(lire(contexte(faits)), preuves, strict=True):
        attendus = [enfant.verdict for enfant in preuve.enfants]
        if [_STATUTS[statut] for statut in statuts] != attendus:
            raise Desaccord(f"{pair.nom} ne dit pas ce que dit l’évaluation : {preuve.critere}")
        compares += len(attendus)
    return compares


def _verifier(arbres: Sequence[Tous], circuit: Circuit, lecteurs: dict[str, Lecteur]) -> int:
    compares = 0
    for dossiers, complet in ((complets(COMPARES), True), (lacunaires(COMPARES), False)):
        for faits in dossiers:
            situation = Situation(faits, REFERENTIEL)
            preuves = [evaluer(arbre, situation) for arbre in arbres]
            compares += verifier_circuit(circuit, preuves, faits)
            for pair in PAIRS:
                if complet or pair.inconnus:
                    siennes = preuves[: pair.maximum]
                    compares += verifier_pair(pair, lecteurs[pair.nom], siennes, faits)
    return compares


# ------------------------------------------------------------------ the race


def _epreuve_circuit(
    circuit: Circuit,
    dossiers: Sequence[Faits],
    suite: Callable[[Lecture], object] = Lecture.criteres,
) -> Epreuve:
    """The status of every criterion, laid out aid by aid as a peer does; or another `suite`."""

    def lire(tour: int) -> object:
        return suite(circuit.lire(dossiers[tour % len(dossiers)], REFERENTIEL))

    return Epreuve(lire, FOIS)


def _epreuve_pair(lire: Lecteur, dossiers: Sequence[Faits]) -> Epreuve:
    contextes = [contexte(faits) for faits in dossiers]
    return Epreuve(lambda tour: lire(contextes[tour % len(contextes)]))


def mesurer(dire: Dire) -> tuple[list[Chiffre], list[Courbe]]:
    """Figures and curves; raises Desaccord when an engine errs."""
    dire("catalogue synthétique")
    arbres = catalogue(max(TAILLES))
    circuits = {taille: compiler(arbres[:taille]) for taille in TAILLES}
    lecteurs: dict[str, dict[int, Lecteur]] = {}
    for pair in PAIRS:
        dire(f"{pair.nom} : compilation")
        tailles = [taille for taille in TAILLES if taille <= pair.maximum]
        lecteur = pair.compiler(arbres[: pair.maximum])
        lecteurs[pair.nom] = {taille: lecteur(taille) for taille in tailles}
    dire("mêmes verdicts ?")
    reference = {pair.nom: lecteurs[pair.nom][min(pair.maximum, REFERENCE)] for pair in PAIRS}
    compares = _verifier(arbres[:REFERENCE], circuits[REFERENCE], reference)
    dire(f"{compares} statuts comparés, aucun désaccord ; course")
    temps = _course(circuits, lecteurs)
    chiffres = [*_chiffres(temps), *_compilation(arbres[:REFERENCE], circuits[REFERENCE])]
    return chiffres, _courbes(temps)


def _course(
    circuits: dict[int, Circuit], lecteurs: dict[str, dict[int, Lecteur]]
) -> dict[tuple[str, int], float]:
    dossiers = complets(TOURS)
    epreuves = {(CIRCUIT, n): _epreuve_circuit(c, dossiers) for n, c in circuits.items()}
    epreuves[STATUTS, REFERENCE] = _epreuve_circuit(
        circuits[REFERENCE], dossiers, lambda lecture: lecture.statuts
    )
    epreuves |= {
        (nom, n): _epreuve_pair(lire, dossiers)
        for nom, siens in lecteurs.items()
        for n, lire in siens.items()
    }
    return tours(epreuves, TOURS, CALCUL)


# ------------------------------------------------------------------ what it says


def _chiffres(temps: dict[tuple[str, int], float]) -> Iterator[Chiffre]:
    # Every peer beside ours at 10,000 aides, or as far as it goes; the fastest first.
    tailles = {pair: min(pair.maximum, REFERENCE) for pair in PAIRS}
    rapports = {pair: temps[pair.nom, n] / temps[CIRCUIT, n] for pair, n in tailles.items()}
    ordre = sorted(PAIRS, key=lambda pair: (-tailles[pair], rapports[pair]))
    for pair in ordre:
        n, premier = tailles[pair], pair is ordre[0]
        yield Chiffre(
            f"appariement_{n}_{'explique' if premier else pair.code}",
            f"1 dossier × {n:,} aides, chaque critère".replace(",", " ", 1),
            f"1 dossier × {n:,} aids, every criterion",
            temps[CIRCUIT, n], "ms", pair.nom, rapports[pair],
            "≥ 100" if premier else "", rapports[pair] >= 100 if premier else None,
        )  # fmt: skip
    statuts, meilleur = temps[STATUTS, REFERENCE], ordre[0]
    yield Chiffre(
        "appariement_10000_statuts", "1 dossier × 10 000 aides, sans étaler aide par aide",
        "the same, before laying them out aid by aid", statuts, "ms", meilleur.nom,
        temps[meilleur.nom, REFERENCE] / statuts,
    )  # fmt: skip
    base = temps[CIRCUIT, TAILLES[0]] * 1000
    _, pente = droite((taille, temps[CIRCUIT, taille] * 1000) for taille in TAILLES)
    yield Chiffre(
        "appariement_1000", "1 dossier × 1 000 aides", "1 dossier × 1,000 aids",
        base, "µs", cible="≤ 300 µs", tenue=base <= 300,
    )  # fmt: skip
    yield Chiffre(
        "appariement_pente", "  par millier d’aides de plus", "each further 1,000 aids",
        pente * 1000, "µs", cible="≤ 20 µs", tenue=pente * 1000 <= 20,
    )  # fmt: skip


def _compilation(arbres: Sequence[Tous], circuit: Circuit) -> Iterator[Chiffre]:
    secondes = min(chronometrer(lambda: compiler(arbres), CALCUL) for _ in range(3)) / 1000
    yield Chiffre(
        "compilation_10000", "Compiler 10 000 aides", "Compiling 10,000 aids",
        secondes, "s", cible="≤ 1 s", tenue=secondes <= 1,
    )  # fmt: skip
    tracemalloc.start()
    compiler(arbres)
    pic = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    yield Chiffre(
        "memoire_10000", "Mémoire au plus haut, 10 000 aides", "Peak memory, 10,000 aids",
        pic, "Mo", cible="≤ 64 Mo", tenue=pic <= 64,
    )  # fmt: skip
    criteres = len({critere for arbre in arbres for critere in arbre.criteres})
    tous = sum(len(arbre.criteres) for arbre in arbres)
    yield Chiffre(
        "criteres_distincts_10000", f"Critères distincts, sur {tous}",
        f"Distinct criteria, of {tous}", criteres, "",
    )  # fmt: skip


def _courbes(temps: dict[tuple[str, int], float]) -> list[Courbe]:
    noms = {CIRCUIT: "this portal"} | {pair.nom: pair.court for pair in PAIRS}
    return [
        Courbe(
            court, tuple((n, temps[nom, n]) for n in TAILLES if (nom, n) in temps), nom == CIRCUIT
        )
        for nom, court in noms.items()
    ]
