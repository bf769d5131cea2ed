"""The replay: a kept match evaluated again from what it kept, compared bit for bit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aides.criteres.echange import EchangeInvalide
from aides.criteres.evaluation import Issue, evaluer, issue, resume
from aides.criteres.preuves import preuve_json
from aides.criteres.valeurs import FaitsInvalides
from aides.models import VersionAide
from aides.montants import estimer
from dossiers.rapprochement.catalogue import lire_version
from dossiers.rapprochement.contexte import ABSENCES, Memoire, langage, memoire_de
from dossiers.rapprochement.models import Rapprochement

#: How many differences of one result are named.
DIFFERENCES_NOMMEES = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the replay does not say what was kept: `chemin` in the JSON of the result
    ("preuve/enfants/2/verdict"), both values as JSON text, None where there is none.
    """

    code: str
    titre: str
    chemin: str
    garde: str | None
    rejoue: str | None


@dataclass(frozen=True, slots=True)
class Rejeu:
    """What a replay found. `absences` (French) is what the match was kept without, for which
    the reference data of today stand; `meme_langage` is None when it did not keep its own.
    """

    rejoues: int
    differences: tuple[Difference, ...]
    absences: tuple[str, ...]
    meme_langage: bool | None

    @property
    def identique(self) -> bool:
        """Whether every result replayed is what was kept, bit for bit."""
        return not self.differences


def rejouer(rapprochement: Rapprochement, *, version_aide_id: int | None = None) -> Rejeu:
    """Replay a match, or its result for one version of an aide. Nothing is written.

    Two queries when the match kept its context, whatever the number of aides.
    """
    resultats = rapprochement.resultats.select_related("version_aide__aide").order_by("pk")
    if version_aide_id is not None:
        resultats = resultats.filter(version_aide=version_aide_id)
    gardes = [
        Garde(r.version_aide, {"issue": r.issue, "preuve": r.preuve, "montant": r.montant})
        for r in resultats
    ]
    if version_aide_id is None:
        gardes += _autres(rapprochement)
    alors = rapprochement.contexte.get("langage")
    meme = None if alors is None else alors == langage()
    try:
        memoire = memoire_de(rapprochement)
    except FaitsInvalides as invalides:
        illisibles = tuple(_illisible(garde, str(invalides)) for garde in gardes)
        return Rejeu(len(gardes), illisibles, (), meme)
    differences = tuple(d for garde in gardes for d in _differences(garde, memoire))
    absences = tuple(ABSENCES[cle] for cle in memoire.absences)
    return Rejeu(len(gardes), differences, absences, meme)


@dataclass(frozen=True, slots=True)
class Garde:
    """What a match kept of one aide: its `issue`, and either its `preuve` in words with its
    `montant`, or its `conditions` (the verdict of each leaf)."""

    version_aide: VersionAide
    ecrit: dict[str, Any]


def _autres(rapprochement: Rapprochement) -> list[Garde]:
    """What was kept of the aides that were not asked for."""
    autres = rapprochement.autres
    versions = VersionAide.objects.select_related("aide").in_bulk(map(int, autres))
    return [
        Garde(versions[int(cle)], {"issue": issue, "conditions": conditions})
        for cle, (issue, conditions) in autres.items()
    ]


def canonique(valeur: Any) -> str:
    """JSON with sorted keys and no space: what two results are compared by."""
    return json.dumps(valeur, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _differences(garde: Garde, memoire: Memoire) -> list[Difference]:
    """Where one result, evaluated again, is not what was kept; empty when it is."""
    try:
        rejoue = _rejouer(garde, memoire)
    except (EchangeInvalide, LookupError, TypeError, ArithmeticError) as erreur:
        return [_illisible(garde, str(erreur))]
    if canonique(garde.ecrit) == canonique(rejoue):
        return []
    aide = garde.version_aide
    trouvees = [
        Difference(aide.aide.code, aide.titre, chemin, *valeurs)
        for chemin, *valeurs in _comparer(garde.ecrit, rejoue, "")
    ]
    return trouvees[:DIFFERENCES_NOMMEES]


def _rejouer(garde: Garde, memoire: Memoire) -> dict[str, Any]:
    """The result as `garder` would write it again."""
    lue = lire_version(garde.version_aide)
    preuve = evaluer(lue.criteres, memoire.situation)
    trouvee = issue(preuve)
    if "conditions" in garde.ecrit:
        return {"issue": trouvee.value, "conditions": resume(preuve)}
    regles = () if trouvee is Issue.NON_ELIGIBLE else lue.regles
    return {
        "issue": trouvee.value,
        "preuve": preuve_json(preuve, memoire.nommer([preuve])),
        "montant": estimer(regles, memoire.situation).en_json(),
    }


def _comparer(garde: Any, rejoue: Any, chemin: str) -> Iterator[tuple[str, str | None, str | None]]:
    """The deepest places where two JSON values differ, with what each has there."""
    if isinstance(garde, dict) and isinstance(rejoue, dict):
        paires = [(c, garde.get(c, _RIEN), rejoue.get(c, _RIEN)) for c in sorted({*garde, *rejoue})]
    elif isinstance(garde, list) and isinstance(rejoue, list) and len(garde) == len(rejoue):
        paires = [(str(n), *paire) for n, paire in enumerate(zip(garde, rejoue, strict=True))]
    else:
        if _texte(garde) != _texte(rejoue):
            yield chemin, _texte(garde), _texte(rejoue)
        return
    for cle, une, autre in paires:
        yield from _comparer(une, autre, f"{chemin}/{cle}" if chemin else cle)


_RIEN = object()


def _texte(valeur: Any) -> str | None:
    return None if valeur is _RIEN else canonique(valeur)


def _illisible(garde: Garde, motif: str) -> Difference:
    aide = garde.version_aide
    return Difference(aide.aide.code, aide.titre, "", canonique(garde.ecrit["issue"]), motif)
