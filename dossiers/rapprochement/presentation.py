"""A match as exchanged JSON: what `apparier` prints and what a simulation answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aides.criteres.evaluation import feuilles_ouvertes
from aides.criteres.faits import Faits
from aides.criteres.preuves import preuve_json
from aides.models import VersionAide
from aides.noms import Noms
from dossiers.rapprochement.appariement import AideAppariee, Appariement


def appariement_json(
    appariement: Appariement,
    declares: Faits,
    *,
    preuves: bool,
    precisions: Iterable[VersionAide] = (),
) -> dict[str, Any]:
    """The day, and for each aide its code, title, outcome, amount, missing facts and, if asked
    for, proof; then the facts whose answer can still change an outcome.

    `precisions` are open records that were not matched, since each completes another aide:
    they are said with those that were left out, so that the numbers are those of the catalogue.
    """
    noms = _noms(appariement, declares) if preuves else None
    aides = [_aide_json(aide, noms) for aide in appariement.aides]
    return {
        "le": appariement.le.isoformat(),
        "aides": aides,
        "ecartees": [
            *(_ecartee_json(aide.version, aide.motif) for aide in appariement.ecartees),
            *(
                _ecartee_json(v, f"Précise l’aide {v.complete} : ne se demande pas seule")
                for v in precisions
            ),
        ],
        "manquants": sorted({fait for aide in aides for fait in aide["manquants"]}),
    }


def _noms(appariement: Appariement, declares: Faits) -> Noms:
    lieux = {
        code
        for valeur in declares.values()
        if isinstance(valeur, frozenset)
        for code in valeur
        if code.startswith("COM-")
    }
    return Noms.pour((aide.preuve.critere for aide in appariement.aides), lieux)


def _aide_json(aide: AideAppariee, noms: Noms | None) -> dict[str, Any]:
    ouvertes = feuilles_ouvertes(aide.preuve)
    resultat: dict[str, Any] = {
        "code": aide.version.aide.code,
        "titre": aide.version.titre,
        "statut": aide.version.statut,
        "issue": aide.issue,
        "montant": aide.estimation.en_json(),
        "manquants": _tries(feuille.manquants for feuille in ouvertes),
    }
    if noms is not None:
        resultat["preuve"] = preuve_json(aide.preuve, noms.lieu, noms.code)
    return resultat


def _tries(manquants: Iterable[frozenset[str]]) -> list[str]:
    return sorted(frozenset[str]().union(*manquants))


def _ecartee_json(version: VersionAide, motif: str) -> dict[str, Any]:
    return {"code": version.aide.code, "titre": version.titre, "motif": motif}
