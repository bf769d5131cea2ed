"""A dossier meets the catalogue: every aide, its outcome, its proof and its estimate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from aides.criteres.circuit import NON, Lecture
from aides.criteres.decisives import reponses_decisives
from aides.criteres.evaluation import Issue, Preuve, Referentiel, Situation, evaluer
from aides.criteres.faits import Faits, completer
from aides.criteres.questions import Decisive
from aides.montants import Estimation, estimer
from dossiers.rapprochement.catalogue import AideEcartee, Catalogue, VersionLue, catalogue
from territoires.zones import ReferentielZones


@dataclass(frozen=True)
class AideAppariee:
    """The outcome of one aide for one dossier; its proof and its estimate when asked for.

    `obstacles`: how many of its conditions are surely not met; `ailleurs`: whether one of them
    is where the project lies.
    """

    version: VersionLue
    #: Its place in the catalogue.
    rang: int
    issue: Issue
    situation: Situation
    obstacles: int
    ailleurs: bool

    @cached_property
    def preuve(self) -> Preuve:
        return evaluer(self.version.criteres, self.situation)

    @cached_property
    def estimation(self) -> Estimation:
        """What the rules give; a project that an aide refuses is promised nothing by it."""
        regles = () if self.issue is Issue.NON_ELIGIBLE else self.version.regles
        return estimer(regles, self.situation)


@dataclass(frozen=True, slots=True)
class Appariement:
    """One dossier against a catalogue, on the day `le`; `faits` are completed.

    `precisions` are open versions that were not matched: each completes another aide.
    """

    le: date
    faits: Faits
    aides: tuple[AideAppariee, ...]
    ecartees: tuple[AideEcartee, ...]
    situation: Situation
    lecture: Lecture
    precisions: tuple[VersionLue, ...]

    def par_issue(self) -> dict[Issue, list[AideAppariee]]:
        """The aides of each outcome; every outcome is a key, in the order people read them."""
        groupes: dict[Issue, list[AideAppariee]] = {nom: [] for nom in Issue}
        for aide in self.aides:
            groupes[aide.issue].append(aide)
        return groupes

    def decisives(self) -> list[Decisive]:
        """What each single answer would settle among the aides to be completed, the most useful
        first."""
        rangs = [aide.rang for aide in self.aides if aide.issue is Issue.A_COMPLETER]
        return reponses_decisives(self.lecture, self.faits, rangs)

    def aide(self, code: str) -> AideAppariee | None:
        """The aide of this code, if it was matched."""
        return next((aide for aide in self.aides if aide.version.code == code), None)


def apparier(
    faits: Faits,
    le: date,
    *,
    codes: Collection[str] | None = None,
    parmi: Catalogue | None = None,
    referentiel: Referentiel | None = None,
) -> Appariement:
    """Match declared facts against `parmi` (the published catalogue), on the day `le`.

    Without `codes`, against the aides that can be asked for on that day; a record that completes
    another one is no aide of its own. With them, against those aides, open or not.
    """
    parmi = parmi or catalogue()
    situation = Situation(completer(faits, le), referentiel or ReferentielZones.au(le))
    lecture = parmi.circuit.lire(situation.faits, situation.referentiel)
    issues = lecture.issues()
    refuses = lecture.statuts[parmi.conditions] == NON
    obstacles = _par_version(parmi, refuses)
    ailleurs = _par_version(parmi, refuses & parmi.lieux)

    def retenue(version: VersionLue | AideEcartee) -> bool:
        return version.ouverte(le) if codes is None else version.code in codes

    ouvertes = [(rang, v) for rang, v in enumerate(parmi.versions) if retenue(v)]
    aides = [
        AideAppariee(version, rang, issues[rang], situation, obstacles[rang], bool(ailleurs[rang]))
        for rang, version in ouvertes
        if codes is not None or not version.complete
    ]
    return Appariement(
        le,
        situation.faits,
        tuple(aides),
        tuple(version for version in parmi.ecartees if retenue(version)),
        situation,
        lecture,
        tuple(version for _, version in ouvertes if codes is None and version.complete),
    )


def _par_version(catalogue: Catalogue, refuses: np.ndarray) -> list[int]:
    """How many of these direct conditions are refused, for each version of the catalogue."""
    if not catalogue.versions:
        return []
    sommes: list[int] = np.add.reduceat(refuses, catalogue.debuts, dtype=np.int32).tolist()
    return sommes
