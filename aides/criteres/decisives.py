"""Which single answer settles the most aides, asked of a whole compiled catalogue at once.

The same as `questions.reponses_decisives`, without a proof. For each fact that is missing, the
circuit is computed again with two intervals in each slot, four bits each: the low ones for when
the leaves that wait for that fact only fall on their best side for the aide, the high ones for
when they fall on their worst. A denial exchanges the two.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aides.criteres.arbre import Non, Tous
from aides.criteres.circuit import (
    JOUR_ANNUEL,
    NEGATIONS,
    NON,
    OUI,
    OUVERT,
    RESERVE,
    Etage,
    Lecture,
    Octets,
)
from aides.criteres.faits import Faits, a_repondre
from aides.criteres.questions import Decisive, ordonner

#: A leaf whose answer is given: it holds at best, and does not at worst.
REPONDU = OUI | NON << 4
#: Of a leaf: several facts are missing, or none is.
PLUSIEURS, AUCUN = -1, -2
_OCTETS = np.arange(256, dtype=np.uint8)
_NEGATIONS = NEGATIONS[_OCTETS >> 4] | NEGATIONS[_OCTETS & 15] << 4
_REGLE = np.isin(np.arange(16), (NON, RESERVE, OUI))


def reponses_decisives(lecture: Lecture, faits: Faits, aides: Sequence[int]) -> list[Decisive]:
    """What each single answer would settle among `aides` (their places in the catalogue), none
    of which is settled, the most useful first; `faits` are those of the reading.
    """
    manquants, seuls = _seuls(lecture, faits)
    doubles: Octets = (lecture.statuts | lecture.statuts << 4).astype(np.uint8)
    racines = lecture.circuit.racines[list(aides)]
    trouvees = {}
    for rang, fait in enumerate(manquants):
        statuts = doubles.copy()
        statuts[seuls == rang] = REPONDU
        for etage in lecture.circuit.etages:
            _remplir(etage, statuts)
        mieux, pire = _REGLE[statuts[racines] & 15], _REGLE[statuts[racines] >> 4]
        if au_mieux := int((mieux | pire).sum()):
            trouvees[fait] = Decisive(fait, int((mieux & pire).sum()), au_mieux)
    utiles = [trouvees[fait] for fait in ordonner(trouvees)]
    return sorted(utiles, key=lambda d: -(d.toujours + d.au_mieux))


def _seuls(lecture: Lecture, faits: Faits) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The facts that some open leaf waits for alone, and for each slot the rank of that fact."""
    rangs: dict[str, int] = {}

    def seul(code: str) -> int:
        manquent = a_repondre(code, faits)
        if len(manquent) != 1:
            return PLUSIEURS if manquent else AUCUN
        return rangs.setdefault(next(iter(manquent)), len(rangs))

    circuit = lecture.circuit
    seuls = np.full(circuit.taille, PLUSIEURS, np.int32)
    lus = np.array([seul(code.removesuffix(JOUR_ANNUEL)) for code in circuit.rangs], np.int32)
    for nombres in circuit.nombres:
        ici = lus[nombres.gauche]
        if nombres.seconde is not None:
            autre = lus[nombres.seconde[1]]
            commun = np.where(ici == autre, ici, PLUSIEURS)
            ici = np.where(ici == AUCUN, autre, np.where(autre == AUCUN, ici, commun))
        seuls[nombres.debut : nombres.fin] = ici
    for index in circuit.index:
        seuls[index.debut : index.fin] = seul(index.fait)
    for octrois in circuit.octrois:
        seuls[octrois.debut : octrois.fin] = seul(octrois.fait)
    seuls[lecture.statuts != OUVERT] = PLUSIEURS
    return list(rangs), seuls


def _remplir(etage: Etage, statuts: Octets) -> None:
    """`Etage.remplir`, for two intervals in each slot."""
    ici, enfants = statuts[etage.debut : etage.fin], statuts[etage.enfants]
    if etage.rang is not None:
        ici[:] = 0
        for bit in range(8):
            assez = (enfants >> bit & 1).sum(axis=0) >= etage.rang
            ici |= assez.astype(np.uint8) << bit
    elif etage.genre is Non:
        ici[:] = _NEGATIONS[enfants[0]]
    elif etage.genre is Tous:
        np.bitwise_and.reduce(enfants, axis=0, out=ici)
    else:
        np.bitwise_or.reduce(enfants, axis=0, out=ici)
