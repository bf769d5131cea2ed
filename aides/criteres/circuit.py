"""A compiled catalogue: every aide evaluated at once, criterion by criterion.

Each distinct criterion of the catalogue is one slot of a vector, however many aides share it
(hash-consing; sources do not make two criteria different). A slot holds the interval of
`evaluation.bornes` in four bits, "bas is INCONNU at least", "bas is OUI", "haut is INCONNU at
least", "haut is OUI": AND of the bits is then `min` and OR `max`, of both ends at once. The slots
of leaves are filled first, numbers compared all together, other values found by an inverted
index; then those of groups, level by level, each a padded gather and one reduction. The outcome
of an aide, like the status of each of its criteria, is then an index away.

It says what `evaluation` says (a property test). Officers' answers are not read: they belong to
one demande, which is evaluated alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from aides.criteres.arbre import AuMoins, Non, Tous, Un
from aides.criteres.codes import SECTIONS, section_naf
from aides.criteres.evaluation import LETTRES, Issue, Referentiel, Verdict
from aides.criteres.faits import DATE_DEMANDE, SANS_OBJET, Faits, Valeur, lire, mois_revolus

Octets = npt.NDArray[np.uint8]
Entiers = npt.NDArray[np.int64]
Emplacements = npt.NDArray[np.intp]

#: The status of a leaf: it does not hold; an officer must say, or a zone is not loaded; the
#: company can answer; it holds.
NON, RESERVE, OUVERT, OUI = 0b0000, 0b0101, 0b1100, 0b1111
BAS_OUI, HAUT_INCONNU = 0b0010, 0b0100
#: The first slots never change: always NON, for an officer to say, always OUI.
CONSTANTES = (NON, RESERVE, OUI)
TOUJOURS_NON, A_RESERVER, TOUJOURS_OUI = range(3)
#: The end of an interval that has none: no quantity of the language is beyond.
INFINI = 2**62
#: Marks the code of a date that is read as a day of every year: month x 100 + day.
JOUR_ANNUEL = "#jour"


def _issue(bits: int) -> Issue:
    if bits & BAS_OUI:
        return Issue.ELIGIBLE
    if not bits & HAUT_INCONNU:
        return Issue.NON_ELIGIBLE
    return Issue.SOUS_RESERVE if bits == RESERVE else Issue.A_COMPLETER


_VERDICTS = {
    Issue.ELIGIBLE: Verdict.OUI,
    Issue.NON_ELIGIBLE: Verdict.NON,
    Issue.SOUS_RESERVE: Verdict.INCONNU,
    Issue.A_COMPLETER: Verdict.INCONNU,
}
_ISSUES = tuple(_issue(bits) for bits in range(16))
_LETTRES = np.zeros(16, np.uint8)
for _statut, _bornes in ((NON, (-1, -1)), (RESERVE, (0, 0)), (OUVERT, (-1, 1)), (OUI, (1, 1))):
    _LETTRES[_statut] = ord(LETTRES[_bornes])
#: The denial: the two ends change places, and each is counted from the other side.
NEGATIONS = np.array([int(f"{bits ^ 0b1111:04b}"[::-1], 2) for bits in range(16)], np.uint8)


# ------------------------------------------------------------------ the parts of a circuit


@dataclass(frozen=True, slots=True)
class Etage:
    """Groups of one kind and level: their slots `debut:fin`, and those of their children as a
    matrix (child, group), padded. `rang` is that of the n-th largest, for `AuMoins`."""

    genre: type[Tous | Un | AuMoins | Non]
    debut: int
    fin: int
    enfants: Emplacements
    rang: Emplacements | None = None

    def remplir(self, statuts: Octets) -> None:
        """The status of each group from those of its children."""
        ici, enfants = statuts[self.debut : self.fin], statuts.take(self.enfants, mode="clip")
        if self.rang is not None:
            ici[:] = _nieme(enfants, self.rang)
        elif self.genre is Non:
            ici[:] = NEGATIONS[enfants[0]]
        elif self.genre is Tous:
            np.bitwise_and.reduce(enfants, axis=0, out=ici)
        else:
            np.bitwise_or.reduce(enfants, axis=0, out=ici)


def _nieme(enfants: Octets, rang: Emplacements) -> Octets:
    """The n-th largest: each bit is set where it is in n children at least."""
    statuts = np.zeros(rang.shape, np.uint8)
    for bit in range(4):
        assez = (enfants >> bit & 1).sum(axis=0) >= rang
        statuts |= assez.astype(np.uint8) << bit
    return statuts


@dataclass(frozen=True, slots=True)
class Nombres:
    """Leaves `debut:fin` on quantities and dates, facts by their rank in the vector of numbers:
    `bas <= gauche <= haut` or, with `seconde` = (a, droite, b),
    `bas <= a x gauche - b x droite <= haut`.
    """

    debut: int
    fin: int
    gauche: Emplacements
    bas: Entiers
    haut: Entiers
    seconde: tuple[Entiers, Emplacements, Entiers] | None = None

    def remplir(self, statuts: Octets, valeurs: Entiers, etats: Octets) -> None:
        """`etats`: what each fact makes of its leaves, OUI standing for "its value tells"."""
        x, etat = valeurs[self.gauche], etats[self.gauche]
        if self.seconde is not None:
            a, droite, b = self.seconde
            x = x * a - valeurs[droite] * b
            # "Not applicable" settles, then "not answered" leaves open.
            etat = etat & etats[droite]
        dedans = (x >= self.bas) & (x <= self.haut)
        statuts[self.debut : self.fin] = np.where(dedans | (etat != OUI), etat, NON)


@dataclass(frozen=True, slots=True)
class Index:
    """Leaves `debut:fin` of one fact that are found from its value: the slots that each code
    satisfies, those from which it excludes, those of each zone."""

    fait: str
    debut: int
    fin: int
    admet: Mapping[object, Emplacements]
    exclut: Mapping[object, Emplacements]
    zones: Mapping[str, Emplacements]

    def remplir(self, statuts: Octets, faits: Faits, referentiel: Referentiel) -> None:
        valeur = faits.get(self.fait)
        codes = () if valeur is None else _codes(self.fait, valeur)
        statuts[self.debut : self.fin] = OUVERT if valeur is None else NON
        for places, statut in ((self.admet, OUI), (self.exclut, NON)):
            for code in codes:
                if (trouvees := places.get(code)) is not None:
                    statuts[trouvees] = statut
        for zone, trouvees in self.zones.items():
            if f"ZONE-PARTIELLE-{zone}" in codes or not referentiel.zone_chargee(zone):
                statuts[trouvees] = RESERVE


def _codes(fait: str, valeur: Valeur) -> Iterable[object]:
    """What the value of a fact is looked up by: itself, its elements, its levels."""
    if isinstance(valeur, frozenset):
        return valeur
    if isinstance(valeur, str) and fait in SECTIONS:
        return [section_naf(valeur, SECTIONS[fait]), *_debuts(valeur)]
    return _debuts(valeur) if isinstance(valeur, str) else (valeur,)


def _debuts(code: str) -> list[str]:
    return [code[:longueur] for longueur in range(1, len(code) + 1)]


@dataclass(frozen=True, slots=True)
class Octrois:
    """Leaves `debut:fin` on aids already granted: aide -> its slots and their delays, months."""

    fait: str
    debut: int
    fin: int
    delais: Mapping[str, tuple[Emplacements, Emplacements]]

    def remplir(self, statuts: Octets, faits: Faits) -> None:
        octrois, le = faits.get(self.fait), faits[DATE_DEMANDE.code]
        statuts[self.debut : self.fin] = OUVERT if octrois is None else OUI
        if not isinstance(octrois, frozenset) or not isinstance(le, date):
            return
        for octroi in octrois:
            aide, _, jour = octroi.partition("@")
            if aide in self.delais:
                places, delais = self.delais[aide]
                ecoules = mois_revolus(date.fromisoformat(jour), le)
                statuts[places[(delais == 0) | (delais > ecoules)]] = NON


# ------------------------------------------------------------------ the circuit


@dataclass(frozen=True, slots=True)
class Lecture:
    """The status of every slot for one dossier."""

    circuit: Circuit
    statuts: Octets

    def issues(self) -> list[Issue]:
        """The outcome of each aide, in the order of the catalogue."""
        return [_ISSUES[bits] for bits in self.statuts[self.circuit.racines].tolist()]

    def verdicts(self) -> list[Verdict]:
        """The verdict of each aide, in the order of the catalogue."""
        return [_VERDICTS[issue] for issue in self.issues()]

    def resumes(self) -> list[str]:
        """The leaves of each aide in one text, as `evaluation.resume` writes them."""
        texte = _LETTRES.take(self.criteres()).tobytes().decode("ascii")
        return [texte[debut:fin] for debut, fin in pairwise(self.circuit.debuts.tolist())]

    def criteres(self) -> Octets:
        """The status of every criterion of every aide, NON, RESERVE, OUVERT or OUI: those of
        one aide are `circuit.debuts[aide] : circuit.debuts[aide + 1]`, in the order of its tree."""
        return self.statuts.take(self.circuit.criteres, mode="clip")


@dataclass(frozen=True, slots=True)
class Circuit:
    """A compiled catalogue. `racines`: the slot of each aide; `criteres`: those of its leaves."""

    taille: int
    #: fact, sum of facts, or date as a day of every year -> rank in the vector of numbers.
    rangs: Mapping[str, int]
    nombres: Sequence[Nombres]
    index: Sequence[Index]
    octrois: Sequence[Octrois]
    etages: Sequence[Etage]
    racines: Emplacements
    criteres: Emplacements
    debuts: Emplacements

    def lire(self, faits: Faits, referentiel: Referentiel) -> Lecture:
        """Evaluate everything; `faits` are completed (`faits.completer`)."""
        statuts = np.empty(self.taille, np.uint8)
        statuts[: len(CONSTANTES)] = CONSTANTES
        valeurs, etats = self._nombres(faits)
        for nombres in self.nombres:
            nombres.remplir(statuts, valeurs, etats)
        for index in self.index:
            index.remplir(statuts, faits, referentiel)
        for octrois in self.octrois:
            octrois.remplir(statuts, faits)
        for etage in self.etages:
            etage.remplir(statuts)
        return Lecture(self, statuts)

    def _nombres(self, faits: Faits) -> tuple[Entiers, Octets]:
        """The vector of numbers, and what each makes of its leaves."""
        valeurs, etats = [0] * len(self.rangs), [OUVERT] * len(self.rangs)
        for code, rang in self.rangs.items():
            valeur = lire(faits, code.removesuffix(JOUR_ANNUEL))
            if valeur is SANS_OBJET:
                etats[rang] = NON
            elif isinstance(valeur, date):
                annuel = code.endswith(JOUR_ANNUEL)
                jour = valeur.month * 100 + valeur.day if annuel else valeur.toordinal()
                valeurs[rang], etats[rang] = jour, OUI
            elif isinstance(valeur, int):
                valeurs[rang], etats[rang] = valeur, OUI
        return np.array(valeurs, np.int64), np.array(etats, np.uint8)
