"""How the template of a proof reads its nodes (aides.criteres.preuves.preuve_json)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django import template

Noeud = Mapping[str, Any]
register = template.Library()
#: From how many conditions of one source it is said once for all of them.
SOURCE_PARTAGEE = 3
#: Beyond this many characters, a list of what is expected is folded.
LONG = 90
RAISONS = {
    "un": "une seule suffit, et elle est remplie",
    "au_moins": "il y en a assez de remplies",
}


@register.filter
def lisible(preuve: Noeud) -> dict[str, Any]:
    """The proof as it reads best: each node with `source_dite` (the source said here, or None),
    `source_entiere` (whether it is that of every condition below), `utiles` and `inutiles` (the
    children, those that no longer matter apart), `raison` (why they do not).
    """
    return _lisible(preuve, "")


def _lisible(noeud: Noeud, heritee: str) -> dict[str, Any]:
    enfants = noeud.get("enfants") or []
    dite, entiere = noeud.get("source"), False
    if enfants:
        commune, entiere = _source_commune(noeud)
        dite = commune or dite
    if dite and _cle(dite) == heritee:
        dite = None
    sous = _cle(dite) if dite and enfants else heritee
    lus = [_lisible(enfant, sous) for enfant in enfants]
    tranche = noeud.get("verdict") == "oui" and noeud.get("type") in RAISONS
    return {
        **noeud,
        "source_dite": dite,
        "source_entiere": entiere,
        "utiles": [e for e in lus if not tranche or e["verdict"] == "oui"],
        "inutiles": [e for e in lus if tranche and e["verdict"] != "oui"],
        "raison": RAISONS.get(str(noeud.get("type")), ""),
        "seuil_long": len(noeud.get("seuil") or "") > LONG,
        "phrase_courte": _courte(noeud),
    }


def _source_commune(noeud: Noeud) -> tuple[Noeud | None, bool]:
    """The source of most conditions below, and whether of all; None when few share it."""
    sources = [source for source in _sources(noeud) if source]
    if not sources:
        return None, False
    cle, nombre = Counter(map(_cle, sources)).most_common(1)[0]
    if nombre < SOURCE_PARTAGEE or 2 * nombre <= len(sources):
        return None, False
    return next(s for s in sources if _cle(s) == cle), nombre == len(sources)


def _sources(noeud: Noeud) -> Iterator[Noeud | None]:
    enfants = noeud.get("enfants") or []
    if not enfants:
        yield noeud.get("source")
    for enfant in enfants:
        yield from _sources(enfant)


def _cle(source: Noeud) -> str:
    return f"{source.get('libelle')}|{source.get('url')}|{source.get('verifie')}"


def _courte(noeud: Noeud) -> str:
    """The condition without the end of a long list; empty when it is short enough."""
    phrase = str(noeud.get("phrase", ""))
    if noeud.get("enfants") or len(phrase) <= 3 * LONG:
        return ""
    return phrase[: 2 * LONG].rsplit(" ", 1)[0].rstrip(",;: ") + "…"
