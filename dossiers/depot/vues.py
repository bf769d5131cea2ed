"""What a page of the form showed when it was built, sent back with it: stale tabs merge by it."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict

from aides.criteres.faits import Section
from dossiers.depot import actes
from dossiers.depot.formulaires import FormulaireSection, faits_de
from dossiers.depot.occasionnels import occasionnels
from dossiers.models import Dossier

CHAMP = "vues"


def montrees(dossier: Dossier, section: Section) -> dict[str, Any]:
    """The answers of a section that a page built now shows, in exchanged JSON by code."""
    vues = {
        f.code: dossier.faits[f.code]["valeur"]
        for f in faits_de(section, occasionnels(dossier))
        if f.code in dossier.faits
    }
    if section is Section.PROJET:
        vues |= {"titre": dossier.titre, "description": dossier.description}
    return vues


def lire(donnees: QueryDict) -> dict[str, Any] | None:
    """What a posted form says it had been built from; None when it does not say."""
    try:
        vues = json.loads(donnees.get(CHAMP, ""))
    except ValueError:
        return None
    return vues if isinstance(vues, dict) else None


def ecrire(vues: dict[str, Any]) -> str:
    """The value of the hidden field."""
    return json.dumps(vues, ensure_ascii=False)


def saisies(form: FormulaireSection, vues: dict[str, Any]) -> dict[str, Any]:
    """What the person really typed: the answers that differ from those the page showed."""
    page = actes.PageVue(0, vues)
    lues = actes.canoniques(form.section, form.reponses(), form.textes())
    return {code: valeur for code, valeur in lues.items() if page.changee(code, valeur)}
