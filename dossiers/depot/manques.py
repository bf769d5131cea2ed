"""What would open an aide, and the answer that would tell the most, as the pages say it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from aides.criteres.conseils import Conseil, conseils
from aides.criteres.contrefactuel import contrefactuel
from aides.criteres.evaluation import Issue
from aides.criteres.faits import DATE_DEMANDE, VOCABULAIRE
from aides.criteres.redaction import Redacteur
from aides.noms import Noms
from dossiers.depot.presentation import AQuestion, Cadre
from dossiers.rapprochement.appariement import AideAppariee, Appariement

#: Outcomes that a change could open.
A_OUVRIR = (Issue.A_COMPLETER, Issue.NON_ELIGIBLE)
#: Changes said on a card; the others are on the page of the aide.
CHANGEMENTS_EN_VUE = 2


@dataclass(frozen=True, slots=True)
class Changement:
    """One thing to change or to answer, and where; `url` is empty where it is not asked."""

    texte: str
    url: str


@dataclass(frozen=True, slots=True)
class Manque:
    """What would open the aide `code`: the smallest change, empty when none was found.

    `possible` is False when a part of it does not depend on the company: only that part is said.
    """

    code: str
    changements: tuple[Changement, ...]
    possible: bool

    @property
    def en_vue(self) -> tuple[Changement, ...]:
        return self.changements[:CHANGEMENTS_EN_VUE]

    @property
    def autres(self) -> int:
        return len(self.changements) - len(self.en_vue)


def manques(cadre: Cadre, aides: Collection[AideAppariee]) -> list[Manque]:
    """What would open each of these aides that is refused or to be completed.

    A search for each of them: it takes some milliseconds, sometimes hundreds.
    """
    fermees = [aide for aide in aides if aide.issue in A_OUVRIR]
    if not fermees:
        return []
    noms = Noms.pour(aide.version.criteres for aide in fermees)
    redacteur = Redacteur(noms.lieu, noms.code)
    return [_manque(cadre, aide, redacteur) for aide in fermees]


def _manque(cadre: Cadre, aide: AideAppariee, redacteur: Redacteur) -> Manque:
    trouve = contrefactuel(aide.preuve, aide.situation)
    if trouve is None:
        return Manque(aide.version.code, (), possible=False)
    dits = [c for c in conseils(trouve, redacteur) if c.possible is trouve.possible]
    changements = tuple(Changement(c.texte, _adresse(cadre, c)) for c in dits)
    return Manque(aide.version.code, changements, trouve.possible)


def _adresse(cadre: Cadre, conseil: Conseil) -> str:
    """Where the first fact of a piece of advice is asked; a day to wait for is asked nowhere."""
    code = conseil.faits[0]
    if cadre.question is None or not conseil.possible or code == DATE_DEMANDE.code:
        return ""
    return cadre.question(VOCABULAIRE[code]).url


@dataclass(frozen=True, slots=True)
class Eclairante:
    """The question whose answer settles the most aides: `toujours`, whatever the answer, and
    `au_mieux`, when it falls well.
    """

    question: AQuestion
    toujours: int
    au_mieux: int


def eclairante(cadre: Cadre, appariement: Appariement) -> Eclairante | None:
    """The most telling answer among those that these pages ask; None when none settles alone."""
    if cadre.question is None:
        return None
    for decisive in appariement.decisives():
        question = cadre.question(VOCABULAIRE[decisive.fait])
        if question.url:
            return Eclairante(question, decisive.toujours, decisive.au_mieux)
    return None
