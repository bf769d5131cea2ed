"""Trees -> circuit: the reading that matches a dossier with a whole catalogue at once.

A node met twice, whatever its source, gets one number (hash-consing); `assembler` then gives each
number its slot, so that what is computed together lies together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Any, NamedTuple, TypeVar, assert_never

import numpy as np

from aides.criteres.arbre import (
    AuMoins,
    AVerifier,
    Commence,
    Comparaison,
    Critere,
    DelaiEntreAides,
    EnZone,
    Fenetre,
    FenetreAnnuelle,
    Feuille,
    JourMois,
    Non,
    Operateur,
    Parmi,
    Proportion,
    SansObjetFait,
    Situe,
    TailleEuropeenne,
    Tous,
    Un,
    Vrai,
)
from aides.criteres.circuit import (
    A_RESERVER,
    CONSTANTES,
    INFINI,
    JOUR_ANNUEL,
    TOUJOURS_NON,
    TOUJOURS_OUI,
    Circuit,
    Emplacements,
    Etage,
    Index,
    Nombres,
    Octrois,
)
from aides.criteres.evaluation import definition, lus
from aides.criteres.faits import SANS_OBJET

N = TypeVar("N")
Cle = TypeVar("Cle", bound=Hashable)
#: A quantity (a sum of amounts is below 2e15 cents) times less than this fits in 63 bits.
FACTEUR_MAXIMUM = 4096


class Quantite(NamedTuple):
    """`bas <= a x gauche - b x droite <= haut`."""

    gauche: str
    droite: str | None
    a: int
    b: int
    bas: int
    haut: int

    @property
    def lot(self) -> tuple[bool, bool]:
        """What is computed together: two facts or one, machine integers or Python's."""
        return self.droite is not None, max(self.a, self.b) > FACTEUR_MAXIMUM


class Codes(NamedTuple):
    """The value of `fait` carries one of `admet` and none of `exclut`."""

    fait: str
    admet: frozenset[object]
    exclut: frozenset[object] = frozenset()
    zone: str = ""


class Delai(NamedTuple):
    """None of `aides` was granted less than `mois` months ago; 0, never. `fait` lists them."""

    fait: str
    aides: frozenset[str]
    mois: int


class Groupe(NamedTuple):
    """A group of nodes, by their numbers; `rang` is that of an `AuMoins`."""

    genre: type[Tous | Un | AuMoins | Non]
    rang: int
    enfants: tuple[int, ...]


Noeud = Quantite | Codes | Delai | Groupe


@dataclass
class _Compilateur:
    """Numbers each distinct node; the constants come first."""

    numeros: dict[Noeud, int] = field(default_factory=dict)
    niveaux: list[int] = field(default_factory=lambda: [0] * len(CONSTANTES))

    def noeud(self, critere: Critere, feuilles: list[int]) -> int:
        """The number of a node; those of its leaves are added to `feuilles` in their order."""
        match critere:
            case Tous(criteres) | Un(criteres):
                enfants = sorted({self.noeud(enfant, feuilles) for enfant in criteres})
                return self._groupe(type(critere), 0, tuple(enfants))
            case AuMoins(nombre, criteres):
                numeros = sorted(self.noeud(enfant, feuilles) for enfant in criteres)
                return self._groupe(AuMoins, nombre, tuple(numeros))
            case Non(interieur):
                return self._groupe(Non, 0, (self.noeud(interieur, feuilles),))
            case TailleEuropeenne():
                numero = self.noeud(definition(critere), [])
            case AVerifier():
                numero = A_RESERVER
            case FenetreAnnuelle(fait, debut, fin) if fin < debut:
                bouts = ((JourMois(1, 1), fin), (debut, JourMois(12, 31)))
                numeros = [self._numero(_annuel(fait, *bout), 0) for bout in bouts]
                numero = self._groupe(Un, 0, tuple(numeros))
            case _:
                numero = self._numero(_feuille(critere), 0)
        feuilles.append(numero)
        return numero

    def _groupe(
        self, genre: type[Tous | Un | AuMoins | Non], rang: int, enfants: tuple[int, ...]
    ) -> int:
        """A group that is always the same, or that is its only child, needs no slot."""
        if genre is AuMoins and not 1 <= rang <= len(enfants):
            return TOUJOURS_OUI if rang < 1 else TOUJOURS_NON
        if not enfants:
            return TOUJOURS_OUI if genre is Tous else TOUJOURS_NON
        if len(enfants) == 1 and genre is not Non:
            return enfants[0]
        niveau = 1 + max(self.niveaux[enfant] for enfant in enfants)
        return self._numero(Groupe(genre, rang, enfants), niveau)

    def _numero(self, noeud: Noeud, niveau: int) -> int:
        numero = self.numeros.setdefault(noeud, len(self.niveaux))
        if numero == len(self.niveaux):
            self.niveaux.append(niveau)
        return numero


def _feuille(feuille: Feuille) -> Quantite | Codes | Delai:  # noqa: C901 - one case per leaf
    match feuille:
        case Comparaison(fait, operateur, seuil):
            return Quantite(fait, None, 1, 0, *_intervalle(operateur, seuil))
        case Proportion(gauche, operateur, numerateur, denominateur, droite):
            commun = gcd(numerateur, denominateur)
            a, b = denominateur // commun, numerateur // commun
            return Quantite(gauche, droite, a, b, *_intervalle(operateur, 0))
        case Fenetre(fait, debut, fin):
            bas = -INFINI if debut is None else debut.toordinal()
            return Quantite(fait, None, 1, 0, bas, INFINI if fin is None else fin.toordinal())
        case Vrai(fait):
            return Codes(fait, frozenset({True}))
        case Parmi(fait, codes):
            return Codes(fait, codes)
        case Commence(fait, codes, _, sauf) | Situe(fait, codes, _, sauf):
            return Codes(fait, codes, sauf)
        case EnZone(fait, zone):
            return Codes(fait, frozenset({f"ZONE-{zone}"}), zone=zone)
        case FenetreAnnuelle(fait, jour, dernier):
            return _annuel(fait, jour, dernier)
        case DelaiEntreAides(aides, mois):
            return Delai(lus(feuille)[0], aides, mois)
        case SansObjetFait(fait):
            return Codes(fait, frozenset({SANS_OBJET}))
        case TailleEuropeenne() | AVerifier():
            raise TypeError(feuille)
        case _:
            assert_never(feuille)


def _annuel(fait: str, debut: JourMois, fin: JourMois) -> Quantite:
    """A window within one year, on the day of the year."""
    bas, haut = (jour.mois * 100 + jour.jour for jour in (debut, fin))
    return Quantite(fait + JOUR_ANNUEL, None, 1, 0, bas, haut)


def _intervalle(operateur: Operateur, seuil: int) -> tuple[int, int]:
    match operateur:
        case Operateur.INFERIEUR:
            return -INFINI, seuil - 1
        case Operateur.INFERIEUR_OU_EGAL:
            return -INFINI, seuil
        case Operateur.EGAL:
            return seuil, seuil
        case Operateur.SUPERIEUR_OU_EGAL:
            return seuil, INFINI
        case Operateur.SUPERIEUR:
            return seuil + 1, INFINI
        case _:
            assert_never(operateur)


@dataclass
class _Plan:
    """Gives each number its slot, one run of slots after the other."""

    nombre: int
    fin: int = len(CONSTANTES)
    rangs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = np.zeros(self.nombre, np.intp)
        self.places[: self.fin] = range(self.fin)

    def _poser(self, numeros: list[int]) -> tuple[int, int]:
        debut, self.fin = self.fin, self.fin + len(numeros)
        self.places[numeros] = np.arange(debut, self.fin)
        return debut, self.fin

    def _rang(self, fait: str) -> int:
        return self.rangs.setdefault(fait, len(self.rangs))

    def nombres(self, noeuds: Mapping[int, Quantite]) -> Iterator[Nombres]:
        """Leaves on quantities and dates, by what is computed together."""
        for (paire, large), lot in _lots(noeuds, lambda quantite: quantite.lot):
            debut, fin = self._poser([numero for numero, _ in lot])
            entier = object if large else np.int64
            quantites = [quantite for _, quantite in lot]
            seconde = (
                (
                    np.array([q.a for q in quantites], entier),
                    np.array([self._rang(q.droite or "") for q in quantites], np.intp),
                    np.array([q.b for q in quantites], entier),
                )
                if paire
                else None
            )
            yield Nombres(
                debut,
                fin,
                np.array([self._rang(q.gauche) for q in quantites], np.intp),
                np.array([q.bas for q in quantites], np.int64),
                np.array([q.haut for q in quantites], np.int64),
                seconde,
            )

    def index(self, noeuds: Mapping[int, Codes]) -> Iterator[Index]:
        """Leaves found from the value of their fact, fact by fact."""
        for fait, lot in _lots(noeuds, lambda codes: codes.fait):
            debut, fin = self._poser([numero for numero, _ in lot])
            admet, exclut, zones = (defaultdict[object, list[int]](list) for _ in range(3))
            for place, (_, codes) in enumerate(lot, debut):
                for code in codes.admet:
                    admet[code].append(place)
                for code in codes.exclut:
                    exclut[code].append(place)
                if codes.zone:
                    zones[codes.zone].append(place)
            yield Index(fait, debut, fin, *map(_vecteurs, (admet, exclut, zones)))

    def octrois(self, noeuds: Mapping[int, Delai]) -> Iterator[Octrois]:
        """Leaves on aids already granted."""
        for fait, lot in _lots(noeuds, lambda delai: delai.fait):
            debut, fin = self._poser([numero for numero, _ in lot])
            par_aide: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for place, (_, delai) in enumerate(lot, debut):
                for aide in delai.aides:
                    par_aide[aide].append((place, delai.mois))
            yield Octrois(
                fait,
                debut,
                fin,
                {
                    aide: (
                        np.array([place for place, _ in paires], np.intp),
                        np.array([mois for _, mois in paires], np.intp),
                    )
                    for aide, paires in par_aide.items()
                },
            )

    def etages(self, noeuds: Mapping[int, Groupe], niveaux: Sequence[int]) -> Iterator[Etage]:
        """Groups by level, kind and width: children always lie in an earlier run."""
        lots: dict[tuple[int, str, int], list[int]] = defaultdict(list)
        for numero, groupe in noeuds.items():
            largeur = _largeur(len(groupe.enfants))
            lots[niveaux[numero], groupe.genre.__name__, largeur].append(numero)
        for (_, _, largeur), numeros in sorted(lots.items()):
            genre = noeuds[numeros[0]].genre
            debut, fin = self._poser(numeros)
            # What pads a group changes nothing in it.
            neutre = TOUJOURS_OUI if genre is Tous else TOUJOURS_NON
            enfants = np.full((largeur, len(numeros)), neutre, np.intp)
            for colonne, numero in enumerate(numeros):
                siens = self.places[list(noeuds[numero].enfants)]
                enfants[: len(siens), colonne] = siens
            rangs = np.array([noeuds[numero].rang for numero in numeros], np.intp)
            yield Etage(genre, debut, fin, enfants, rangs if genre is AuMoins else None)


def _lots(
    noeuds: Mapping[int, N], cle: Callable[[N], Cle]
) -> Iterable[tuple[Cle, list[tuple[int, N]]]]:
    """The nodes with their numbers, by what `cle` says of each."""
    lots: dict[Cle, list[tuple[int, N]]] = defaultdict(list)
    for numero, noeud in noeuds.items():
        lots[cle(noeud)].append((numero, noeud))
    return lots.items()


def _largeur(enfants: int) -> int:
    """The width that groups of so many children share: four or fewer, else a power of two."""
    return enfants if enfants <= 4 else enfants + enfants % 2


def _vecteurs(listes: Mapping[Any, list[int]]) -> dict[Any, Emplacements]:
    return {code: np.array(places, np.intp) for code, places in listes.items()}


def compiler(arbres: Iterable[Critere]) -> Circuit:
    """The circuit of a catalogue: one tree per aide, in the order of the verdicts it gives."""
    compilateur = _Compilateur()
    racines: list[int] = []
    criteres: list[list[int]] = []
    for arbre in arbres:
        feuilles: list[int] = []
        racines.append(compilateur.noeud(arbre, feuilles))
        criteres.append(feuilles)
    plan = _Plan(len(compilateur.niveaux))
    numeros = compilateur.numeros
    nombres = list(plan.nombres({n: q for q, n in numeros.items() if isinstance(q, Quantite)}))
    index = list(plan.index({n: c for c, n in numeros.items() if isinstance(c, Codes)}))
    octrois = list(plan.octrois({n: d for d, n in numeros.items() if isinstance(d, Delai)}))
    groupes = {n: g for g, n in numeros.items() if isinstance(g, Groupe)}
    etages = list(plan.etages(groupes, compilateur.niveaux))
    return Circuit(
        taille=len(plan.places),
        rangs=plan.rangs,
        nombres=nombres,
        index=index,
        octrois=octrois,
        etages=etages,
        racines=plan.places[racines],
        criteres=plan.places[[numero for feuilles in criteres for numero in feuilles]],
        debuts=np.cumsum([0, *map(len, criteres)], dtype=np.intp),
    )
