"""The fictitious documents of docs/exemples, to be broken one way at a time."""

import copy
import json
import uuid
from typing import Any

from portal.services_embarques.chemins import PROJET
from territoires.organismes.actes import Enregistrement, enregistrer_organismes
from territoires.organismes.echange import lire_organismes

EXEMPLES = PROJET / "docs" / "exemples"


def exemple(nom: str = "aides") -> dict[str, Any]:
    return json.loads((EXEMPLES / f"{nom}.json").read_text(encoding="utf-8"))


def aide(**changements: Any) -> dict[str, Any]:
    """The full example; a key changed to None is left out, `a__b__0=x` changes deeper."""
    document = copy.deepcopy(exemple()["aides"][0])
    for chemin, valeur in changements.items():
        *tete, cle = [int(c) if c.isdecimal() else c for c in chemin.split("__")]
        cible = document
        for etape in tete:
            cible = cible[etape]
        if valeur is None:
            del cible[cle]
        else:
            cible[cle] = valeur
    if "code" in changements and "identifiant" not in changements:
        document["identifiant"] = identifiant(document["code"])
    return document


def identifiant(code: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"dossier-unique:{code}"))


def catalogue(*aides: dict[str, Any]) -> bytes:
    document = {"format": "dossier-unique/aides", "version": 1, "aides": list(aides)}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def enregistrer_organismes_fictifs() -> Enregistrement:
    octets = (EXEMPLES / "organismes.json").read_bytes()
    return enregistrer_organismes(contenu=lire_organismes(octets))
