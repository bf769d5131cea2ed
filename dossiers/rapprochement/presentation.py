"""A match as exchanged JSON: what `apparier` prints and what a simulation answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aides.criteres.conseils import contrefactuel_json
from aides.criteres.contrefactuel import contrefactuel
from aides.criteres.echange import Json
from aides.criteres.evaluation import Issue, Situation
from aides.criteres.faits import Faits
from aides.criteres.preuves import preuve_json
from aides.criteres.questions import questions, questions_de_tous
from aides.criteres.redaction import Redacteur
from aides.noms import Noms
from dossiers.rapprochement.appariement import AideAppariee, Appariement
from dossiers.rapprochement.catalogue import Entete

#: Outcomes that answers can no longer change.
REGLEES = (Issue.ELIGIBLE, Issue.NON_ELIGIBLE)


def appariement_json(
    appariement: Appariement,
    declares: Faits,
    *,
    preuves: bool,
    contrefactuels: bool = False,
) -> dict[str, Any]:
    """The day, and for each aide its code, title, outcome, amount, missing facts and, if asked
    for, its proof and the smallest change that would open it (null when there is none, or when
    it is open); then the facts whose answer can still change an outcome, in the order of the
    form, and what each answer alone would settle, the most useful first.

    Open records that were not matched, since each completes another aide, are said with those
    that were left out, so that the numbers are those of the catalogue.
    """
    noms = _noms(appariement, declares) if preuves or contrefactuels else None
    aides = [_aide_json(aide) for aide in appariement.aides]
    if noms is not None:
        for objet, aide in zip(aides, appariement.aides, strict=True):
            if preuves:
                objet["preuve"] = preuve_json(aide.preuve, noms.lieu, noms.code)
            if contrefactuels:
                objet["contrefactuel"] = _contrefactuel(aide, appariement.situation, noms)
    ouvertes = [aide.preuve for aide in appariement.aides if aide.issue not in REGLEES]
    return {
        "le": appariement.le.isoformat(),
        "aides": aides,
        "ecartees": [
            *(_ecartee_json(version, version.motif) for version in appariement.ecartees),
            *(
                _ecartee_json(v, f"Précise l’aide {v.complete} : ne se demande pas seule")
                for v in appariement.precisions
            ),
        ],
        "manquants": list(questions_de_tous(ouvertes)),
        "decisives": [asdict(decisive) for decisive in appariement.decisives()],
    }


def _noms(appariement: Appariement, declares: Faits) -> Noms:
    lieux = {
        code
        for valeur in declares.values()
        if isinstance(valeur, frozenset)
        for code in valeur
        if code.startswith("COM-")
    }
    return Noms.pour((aide.version.criteres for aide in appariement.aides), lieux)


def _aide_json(aide: AideAppariee) -> dict[str, Any]:
    return {
        "code": aide.version.code,
        "titre": aide.version.titre,
        "statut": aide.version.statut,
        "issue": aide.issue,
        "montant": aide.estimation.en_json(),
        "manquants": [] if aide.issue in REGLEES else list(questions(aide.preuve)),
    }


def _contrefactuel(aide: AideAppariee, situation: Situation, noms: Noms) -> Json | None:
    if aide.issue in (Issue.ELIGIBLE, Issue.SOUS_RESERVE):
        return None
    trouve = contrefactuel(aide.preuve, situation)
    return contrefactuel_json(trouve, Redacteur(noms.lieu, noms.code))


def _ecartee_json(version: Entete, motif: str) -> dict[str, Any]:
    return {"code": version.code, "titre": version.titre, "motif": motif}
