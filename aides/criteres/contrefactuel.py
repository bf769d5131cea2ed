"""Proof -> the smallest change of facts that makes an aide eligible, or so under reserve.

What a change costs (`poids`): an answer that is missing, 1; another answer, 10; another place
for the project, 30; what does not depend on the company or cannot be asked of it (its activity,
its registered office, its past, fewer employees), 1,000. The cost of several changes is their
sum; of two equal ones, the smaller step is preferred.

The search goes from the facts as they are, and repairs one unmet condition after another: all
the ways to repair it are tried, cheapest total first, with what the rest must cost at least as
a guide (all of: the sum; one of: the least; n of: the n cheapest; a denial: the contrary). A
fact changes once, so that one value must serve all its leaves. Every answer is checked by
evaluating the tree again, derived facts included.

The answer is the cheapest there is when each leaf reads one declared fact; leaves that read
several (sums, shares, durations) are repaired by one term at a time, or by emptying the largest
terms of a sum that must fall: a change found is always right, a cheaper one may escape.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf

from aides.criteres.arbre import AuMoins, Feuille, Non, TailleEuropeenne, Tous, Un
from aides.criteres.evaluation import (
    Issue,
    Preuve,
    Situation,
    Verdict,
    bornes,
    evaluer,
    issue,
)
from aides.criteres.faits import (
    DATE_DEMANDE,
    VOCABULAIRE,
    Faits,
    Repondant,
    Valeur,
    completer,
)
from aides.criteres.questions import ordonner
from aides.criteres.redaction import quorum
from aides.criteres.reparations import lues, reparations
from aides.criteres.temoins import Temoins, feuilles_de

REPONSE, CHANGEMENT, DEPLACEMENT, HORS_DE_PORTEE = 1, 10, 30, 1_000
#: States of the search before it gives up.
ETATS_MAXIMUM = 400
#: What a company cannot, or should not, change to get an aide.
_ACQUIS = frozenset(
    {
        "chiffre_affaires", "total_bilan", "exercices_clos", "secteur", "autres_aides",
        "aides_de_minimis", "aides_obtenues", "entreprise_en_difficulte", "emplois_maintenus",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changement:
    """One fact to change: a declared one, or `date_demande`, the day to wait for.

    `avant` is None when the company has not answered yet. `apres` is a value that works: for a
    place or a hierarchical code a witness (see `temoins`), not to be shown as it is.
    """

    fait: str
    avant: Valeur | None
    apres: Valeur

    @property
    def poids(self) -> int:
        return poids(self.fait, self.avant, self.apres)

    @property
    def possible(self) -> bool:
        """Whether it depends on the company."""
        return self.poids < HORS_DE_PORTEE


@dataclass(frozen=True, slots=True)
class Contrefactuel:
    """Changes which, made together, lead to `issue`; none when it is already the outcome.

    In the order of the form, waiting last. `depart` is the proof of the facts as they are,
    `arrivee` that of the facts once changed.
    """

    issue: Issue
    changements: tuple[Changement, ...]
    depart: Preuve
    arrivee: Preuve

    @property
    def possible(self) -> bool:
        """Whether all of it depends on the company."""
        return all(changement.possible for changement in self.changements)


def contrefactuel(preuve: Preuve, situation: Situation) -> Contrefactuel | None:
    """The smallest change of the facts of `situation`, of which `preuve` is the proof.

    None when no change was found: no company can get the aide this way, or an officer has
    answered no, or the search was too long.
    """
    return _Recherche(preuve, situation).chercher()


def appliquer(changements: Iterable[Changement], situation: Situation) -> Situation:
    """The situation once the changes are made, derived facts computed again."""
    nouveaux = {changement.fait: changement.apres for changement in changements}
    return _changer(situation, nouveaux)


def poids(code: str, avant: Valeur | None, apres: Valeur) -> int:
    """What it costs a company that `code` be `apres` instead of `avant`."""
    if avant is None:
        return REPONSE
    if code in _ACQUIS or VOCABULAIRE[code].repondant is Repondant.REGISTRE:
        return HORS_DE_PORTEE
    if code == "effectif" and isinstance(avant, int) and isinstance(apres, int) and apres < avant:
        return HORS_DE_PORTEE  # no aide is worth a dismissal
    return DEPLACEMENT if code == "commune_projet" else CHANGEMENT


def _poids_minimum(code: str, faits: Faits) -> int:
    """At least that, whatever the value chosen."""
    if code == "effectif" and code in faits:
        return CHANGEMENT
    return poids(code, faits.get(code), False)


def _changer(situation: Situation, nouveaux: Mapping[str, Valeur]) -> Situation:
    declares = {
        code: valeur
        for code, valeur in situation.faits.items()
        if VOCABULAIRE[code].repondant is not Repondant.CALCUL
    }
    le = nouveaux.get(DATE_DEMANDE.code, situation.faits[DATE_DEMANDE.code])
    if not isinstance(le, date):
        raise TypeError(f"{le!r} n’est pas un jour")
    return replace(situation, faits=completer({**declares, **nouveaux}, le))


# ------------------------------------------------------------------ what is wanted of a node


@dataclass(frozen=True, slots=True)
class Voulu:
    """That a node be at least `seuil`, or (`haut` False) at most."""

    haut: bool
    seuil: Verdict

    def contraire(self) -> Voulu:
        return Voulu(not self.haut, Verdict(-self.seuil))

    def tient(self, preuve: Preuve) -> bool:
        """Whether it holds whatever the company still answers."""
        bas, haut = bornes(preuve)
        return bas >= self.seuil if self.haut else haut <= self.seuil


#: Eligible; or under reserve, that is at least and at most INCONNU.
_OBJECTIFS = (
    (Voulu(True, Verdict.OUI),),
    (Voulu(True, Verdict.INCONNU), Voulu(False, Verdict.INCONNU)),
)


@dataclass(frozen=True, slots=True)
class _Manque:
    """What is to be paid under a node at least, and for which facts: those that must be answered,
    or those of which one must change."""

    cout: float
    faits: frozenset[str]


@dataclass(slots=True, order=True)
class _Etat:
    """Facts changed so far, towards one objective; ordered by what it must cost in all.

    Until it is looked at (`vue`), what it must cost is what its parent must.
    """

    total: float
    reste: float
    ordre: int
    objectif: tuple[Voulu, ...] = field(compare=False)
    nouveaux: Mapping[str, Valeur] = field(compare=False)
    paye: float = field(compare=False, default=0)
    vue: tuple[Situation, Preuve] | None = field(compare=False, default=None)


class _Recherche:
    """Best first: what is paid so far, plus what the rest must cost at least."""

    def __init__(self, preuve: Preuve, depart: Situation) -> None:
        self.preuve = preuve
        self.depart = depart
        self.temoins = Temoins(tuple(feuilles_de(preuve.critere)))
        self.file: list[_Etat] = []
        self.connus: set[tuple[tuple[Voulu, ...], frozenset[tuple[str, Valeur]]]] = set()

    def chercher(self) -> Contrefactuel | None:
        debut = -len(_OBJECTIFS)  # the first objective is preferred when both cost the same
        self.file = [_Etat(0, 0, rang, voulus, {}) for rang, voulus in enumerate(_OBJECTIFS, debut)]
        regardes = 0
        while self.file and regardes < ETATS_MAXIMUM:
            etat = heapq.heappop(self.file)
            if etat.vue is None:
                regardes += 1
                self._regarder(etat)
                if etat.reste < inf:
                    heapq.heappush(self.file, etat)
                continue
            situation, preuve = etat.vue
            if etat.reste == 0:
                return self._trouve(preuve, etat.nouveaux)
            for reparation in self._reparations(etat, situation, preuve):
                self._ajouter(etat, reparation)
        return None

    def _regarder(self, etat: _Etat) -> None:
        """Evaluate the tree there, and see what the rest must cost."""
        situation = _changer(self.depart, etat.nouveaux)
        preuve = evaluer(self.preuve.critere, situation)
        etat.vue = situation, preuve
        etat.reste = max(
            _manque(preuve, voulu, situation.faits, etat.nouveaux).cout for voulu in etat.objectif
        )
        etat.total = etat.paye + etat.reste

    def _ajouter(self, parent: _Etat, reparation: Mapping[str, Valeur]) -> None:
        nouveaux = {**parent.nouveaux, **reparation}
        cle = (parent.objectif, frozenset(nouveaux.items()))
        if cle in self.connus:
            return
        self.connus.add(cle)
        avant = self.depart.faits
        paye = parent.paye + sum(poids(c, avant.get(c), v) for c, v in reparation.items())
        total, ordre = max(parent.total, paye), len(self.connus)
        etat = _Etat(total, parent.reste, ordre, parent.objectif, nouveaux, paye)
        heapq.heappush(self.file, etat)

    def _trouve(self, preuve: Preuve, apres: Mapping[str, Valeur]) -> Contrefactuel:
        avant = self.depart.faits
        codes = ordonner(code for code in apres if code != DATE_DEMANDE.code)
        attente = tuple(code for code in apres if code == DATE_DEMANDE.code)
        changements = (Changement(c, avant.get(c), apres[c]) for c in (*codes, *attente))
        return Contrefactuel(issue(preuve), tuple(changements), self.preuve, preuve)

    def _reparations(
        self, etat: _Etat, situation: Situation, preuve: Preuve
    ) -> Iterator[dict[str, Valeur]]:
        """Every way to meet one condition that must be met."""
        faits, fixes = situation.faits, etat.nouveaux
        voulu = next(v for v in etat.objectif if not v.tient(preuve))
        for feuille, ici in _a_reparer(preuve, voulu, faits, fixes):
            libres = lues(feuille) - fixes.keys()
            for reparation in reparations(feuille, ici.haut, situation, libres, self.temoins):
                if ici.tient(evaluer(feuille, _changer(situation, reparation))):
                    yield reparation


def _manque(preuve: Preuve, voulu: Voulu, faits: Faits, fixes: Mapping[str, Valeur]) -> _Manque:
    """A lower bound of what it costs to have `voulu`: infinite when it cannot be had."""
    if voulu.tient(preuve):
        return _Manque(0, frozenset())
    critere = preuve.critere
    match critere:
        case Non():
            return _manque(preuve.enfants[0], voulu.contraire(), faits, fixes)
        case Tous() | Un() | AuMoins():
            manques = [_manque(enfant, voulu, faits, fixes) for enfant in preuve.enfants]
            nombre = quorum(critere, voulu.haut)[0] - sum(m.cout == 0 for m in manques)
            return _cumuler(sorted((m for m in manques if m.cout), key=_cout), nombre)
        case TailleEuropeenne():
            return _manque(preuve.enfants[0], voulu, faits, fixes)
        case _:
            codes = lues(critere)
            manquants = codes - faits.keys()
            if manquants and voulu.haut:
                # No leaf holds before all that it reads is known.
                return _Manque(len(manquants) * REPONSE, manquants)
            couts = [_poids_minimum(code, faits) for code in codes - fixes.keys()]
            return _Manque(min(couts, default=inf), codes)


def _cout(manque: _Manque) -> float:
    return manque.cout


def _cumuler(manques: list[_Manque], nombre: int) -> _Manque:
    """The `nombre` cheapest together: costs add up only between facts that are not shared."""
    faits = frozenset[str]().union(*(m.faits for m in manques))
    if nombre > len(manques):
        return _Manque(inf, faits)
    total, pris = 0.0, frozenset[str]()
    if nombre == len(manques):
        for manque in reversed(manques):
            if pris.isdisjoint(manque.faits):
                total, pris = total + manque.cout, pris | manque.faits
        return _Manque(total, faits)
    if sum(len(m.faits) for m in manques) == len(faits):
        return _Manque(sum(m.cout for m in manques[:nombre]), faits)
    return _Manque(manques[nombre - 1].cout, faits)


def _a_reparer(
    preuve: Preuve, voulu: Voulu, faits: Faits, fixes: Mapping[str, Valeur]
) -> list[tuple[Feuille, Voulu]]:
    """Unmet leaves, one of which at least is met by whoever has `voulu`."""
    critere = preuve.critere
    match critere:
        case Non():
            return _a_reparer(preuve.enfants[0], voulu.contraire(), faits, fixes)
        case Tous() | Un() | AuMoins():
            manquent = [enfant for enfant in preuve.enfants if not voulu.tient(enfant)]
            tenus = len(preuve.enfants) - len(manquent)
            listes = [
                _a_reparer(enfant, voulu, faits, fixes)
                for enfant in manquent
                if _manque(enfant, voulu, faits, fixes).cout < inf
            ]
            if quorum(critere, voulu.haut)[0] - tenus == len(manquent):
                return min(listes, key=_largeur)  # all are wanted: the most constrained first
            return [feuille for liste in listes for feuille in liste]
        case TailleEuropeenne():
            return _a_reparer(preuve.enfants[0], voulu, faits, fixes)
        case _:
            return [(critere, voulu)]


def _largeur(feuilles: list[tuple[Feuille, Voulu]]) -> tuple[int, int]:
    """How many ways there are to repair these; the parts of a sum are settled before it."""
    return len(feuilles), sum(len(lues(feuille)) for feuille, _ in feuilles)
