"""JSON Schemas of the repository (docs/schemas), with their faults said in French."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from portal.socle.json_strict import Chemin

_TYPES = {
    "string": "une chaîne",
    "object": "un objet",
    "array": "une liste",
    "integer": "un nombre entier",
    "boolean": "true ou false",
}


@cache
def schema(nom: str) -> dict[str, Any]:
    """The schema `docs/schemas/<nom>.json`; shared, not to be modified."""
    chemin = settings.BASE_DIR / "docs" / "schemas" / f"{nom}.json"
    lu: dict[str, Any] = json.loads(chemin.read_text(encoding="utf-8"))
    return lu


def validateur(contenu: dict[str, Any]) -> Draft202012Validator:
    """A validator of draft 2020-12 that checks the formats too (date, uuid)."""
    return Draft202012Validator(contenu, format_checker=Draft202012Validator.FORMAT_CHECKER)


def fautes(verificateur: Draft202012Validator, valeur: object) -> Iterator[tuple[Chemin, str]]:
    """Path and French message of each fault, in the order of the paths, none said twice."""
    dites: set[tuple[Chemin, str]] = set()
    erreurs = sorted(verificateur.iter_errors(valeur), key=lambda e: [str(c) for c in e.path])
    for erreur in erreurs:
        faute = (tuple(erreur.absolute_path), _message(erreur))
        if faute not in dites:
            dites.add(faute)
            yield faute


def _message(erreur: ValidationError) -> str:
    """What is wrong, in French; the `description` of a schema says what is expected."""
    attendu: Any = erreur.validator_value
    regle: Any = erreur.schema
    valeur: Any = erreur.instance
    match erreur.validator:
        case "required":
            return f"clé manquante : {', '.join(c for c in attendu if c not in valeur)}"
        case "additionalProperties":
            connues = regle.get("properties", {})
            inconnues = ", ".join(str(c)[:60] for c in valeur if c not in connues)
            return f"clé inconnue : {inconnues} (acceptées : {', '.join(connues)})"
        case "type":
            types = [attendu] if isinstance(attendu, str) else attendu
            return f"{' ou '.join(_TYPES.get(t, t) for t in types)} attendu ici"
        case "enum":
            return f"valeur inconnue : {_court(valeur)} (acceptées : {', '.join(attendu)})"
        case "const":
            return f"{_court(valeur)} au lieu de {_court(attendu)}"
        case "maxLength":
            return f"texte trop long : {len(valeur)} caractères, {attendu} au plus"
        case "minLength" | "minItems" | "minProperties":
            return "vide : supprimez la clé, ou donnez un contenu"
        case "uniqueItems":
            return "valeur donnée deux fois"
        case "pattern" | "format":
            description = regle.get("description", f"forme attendue : {attendu}")
            return f"{_court(valeur)} mal formé ; attendu : {description}"
        case _:
            return erreur.message


def _court(valeur: object) -> str:
    texte = json.dumps(valeur, ensure_ascii=False)
    return texte if len(texte) <= 80 else f"{texte[:80]}…"
