"""What a publication does to a dossier: an outcome before, an outcome after."""

from __future__ import annotations

from enum import StrEnum

from aides.conditions import conditions
from aides.criteres.arbre import Critere, Un
from aides.criteres.evaluation import Issue
from aides.models import VersionAide

#: Outcomes with which a company may ask for the aide without any further answer.
FAVORABLES = frozenset({Issue.ELIGIBLE, Issue.SOUS_RESERVE})
#: Holds for nobody: what can be said of an aide that does not exist, or is closed.
JAMAIS = Un(())


class Sens(StrEnum):
    """Which way an outcome moves."""

    GAGNE = "gagne"  # into eligible or sous_reserve
    PERDU = "perdu"  # out of them
    AUTRE = "autre"  # between two outcomes of the same side


def sens(avant: Issue, apres: Issue) -> Sens:
    """Which way a change of outcome moves."""
    if (avant in FAVORABLES) is (apres in FAVORABLES):
        return Sens.AUTRE
    return Sens.GAGNE if apres in FAVORABLES else Sens.PERDU


def critere_de(version: VersionAide | None) -> Critere:
    """What a version demands in all, saved or not; JAMAIS when it cannot be asked for: there is
    none, it is closed, or it only completes another aide.

    Its dates are conditions like any other (aides.conditions). Raises EchangeInvalide.
    """
    if version is None or version.statut == VersionAide.Statut.CLOSE or version.complete:
        return JAMAIS
    return conditions(version)
