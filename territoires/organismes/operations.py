"""What a change of competence does, as data: prepared, rehearsed in memory, then applied.

An operation is a JSON object: `genre` (`ajouter`, `modifier`, `supprimer`), `competence` (key of
the row; absent for an addition), `vue` (fingerprint of that row when the change was prepared) and,
except to delete, `valeurs`: `guichet`, `nature`, `perimetre`, `exclusions`, `debut`, `fin`,
`base_legale`, `convention`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from territoires.organismes.models import Competence, Convention, Guichet

AJOUTER, MODIFIER, SUPPRIMER = "ajouter", "modifier", "supprimer"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Effet:
    """One operation on the rows as they are: `avant` is None for an addition, `apres` for a
    deletion. `perimee`: the row has changed, or gone, since the operation was prepared."""

    rang: int
    genre: str
    avant: Competence | None
    apres: Competence | None
    perimee: bool = False


def valeurs_de(competence: Competence) -> dict[str, Any]:
    """All that a competence says, in JSON."""
    return {
        "guichet": competence.guichet_id,
        "nature": competence.nature,
        "perimetre": list(competence.perimetre),
        "exclusions": list(competence.exclusions),
        "debut": competence.debut.isoformat(),
        "fin": competence.fin.isoformat() if competence.fin else None,
        "base_legale": dict(competence.base_legale),
        "convention": competence.convention_id,
    }


def empreinte(valeur: object) -> str:
    """A SHA-256, in hexadecimal, of a JSON value."""
    texte = json.dumps(valeur, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(texte.encode()).hexdigest()


def ajout(valeurs: Json) -> dict[str, Any]:
    return {"genre": AJOUTER, "valeurs": dict(valeurs)}


def modification(competence: Competence, valeurs: Json) -> dict[str, Any]:
    return {**suppression(competence), "genre": MODIFIER, "valeurs": dict(valeurs)}


def suppression(competence: Competence) -> dict[str, Any]:
    vue = empreinte(valeurs_de(competence))
    return {"genre": SUPPRIMER, "competence": competence.pk, "vue": vue}


def competence_de(
    valeurs: Json, guichets: Mapping[int, Guichet], conventions: Mapping[int, Convention]
) -> Competence:
    """An unsaved competence. Raises KeyError when the desk or the convention has gone."""
    convention = valeurs["convention"]
    return Competence(
        guichet=guichets[valeurs["guichet"]],
        nature=valeurs["nature"],
        perimetre=list(valeurs["perimetre"]),
        exclusions=list(valeurs["exclusions"]),
        debut=date.fromisoformat(valeurs["debut"]),
        fin=date.fromisoformat(valeurs["fin"]) if valeurs["fin"] else None,
        base_legale=dict(valeurs["base_legale"]),
        convention=conventions[convention] if convention else None,
    )


def effets(operations: Sequence[Json], competences: Iterable[Competence]) -> list[Effet]:
    """Each operation against the rows as they are, in three queries at most besides them."""
    presentes = {competence.pk: competence for competence in competences}
    voulues = [operation["valeurs"] for operation in operations if "valeurs" in operation]
    guichets = Guichet.objects.select_related("organisme").in_bulk(
        {valeurs["guichet"] for valeurs in voulues}
    )
    conventions = Convention.objects.in_bulk(
        {valeurs["convention"] for valeurs in voulues if valeurs["convention"]}
    )
    return [
        _effet(rang, operation, presentes, guichets, conventions)
        for rang, operation in enumerate(operations)
    ]


def _effet(
    rang: int,
    operation: Json,
    presentes: Mapping[int, Competence],
    guichets: Mapping[int, Guichet],
    conventions: Mapping[int, Convention],
) -> Effet:
    genre, avant, apres, perimee = operation["genre"], None, None, False
    if genre != AJOUTER:
        avant = presentes.get(operation["competence"])
        perimee = avant is None or empreinte(valeurs_de(avant)) != operation["vue"]
    if genre != SUPPRIMER:
        try:
            apres = competence_de(operation["valeurs"], guichets, conventions)
        except KeyError:
            perimee = True
        else:
            apres.pk = avant.pk if avant is not None else None
    return Effet(rang, genre, avant, apres, perimee)


def apres_les(trouves: Iterable[Effet], competences: Iterable[Competence]) -> list[Competence]:
    """The competences as they would be once these effects are applied."""
    retirees = {effet.avant.pk for effet in trouves if effet.avant is not None}
    gardees = [competence for competence in competences if competence.pk not in retirees]
    return gardees + [effet.apres for effet in trouves if effet.apres is not None]
