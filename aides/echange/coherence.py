"""What no schema says of one aide: values each well formed that cannot stand together."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from aides.criteres.codes import est_niveau_naf, sous
from aides.criteres.faits import VOCABULAIRE, Type
from aides.echange.documents import SEPARATEUR
from portal.socle.json_strict import Chemin

Faute = tuple[Chemin, str]


def fautes_de_coherence(brut: dict[str, Any], codes_naf: Collection[str] | None) -> Iterator[Faute]:
    """Path and French message of each fault of an aide that follows the schema; `codes_naf`
    are the sub-classes of NAF, None when they are not known."""
    ouverture, cloture = brut.get("ouverture"), brut.get("cloture")
    if ouverture and cloture and cloture < ouverture:
        yield ("cloture",), f"la clôture ({cloture}) précède l’ouverture ({ouverture})"
    if brut.get("complete") == brut["code"]:
        yield ("complete",), "une aide ne se complète pas elle-même"
    yield from _codes_doubles(brut)
    yield from _naf_inconnus(brut, codes_naf)
    for rang, montant in enumerate(brut.get("montants", [])):
        for chemin, message in _fautes_de_montant(montant):
            yield ("montants", rang, *chemin), message


def _codes_doubles(brut: dict[str, Any]) -> Iterator[Faute]:
    for cle in ("perimetre", "exclusions"):
        codes = brut.get(cle, "").split(SEPARATEUR)
        if len(set(codes)) < len(codes):
            yield (cle,), "lieu donné deux fois"
    porteurs = [porteur["organisme"] for porteur in brut["porteurs"]]
    for rang, code in enumerate(porteurs):
        if code in porteurs[:rang]:
            yield ("porteurs", rang, "organisme"), f"organisme donné deux fois : {code}"


def _naf_inconnus(brut: dict[str, Any], codes_naf: Collection[str] | None) -> Iterator[Faute]:
    for cle in ("naf", "naf_exclusions"):
        for rang, code in enumerate(brut.get(cle, [])):
            if not est_niveau_naf(code):
                yield (cle, rang), f"{code} n’est dans aucune section de la NAF"
            elif codes_naf is not None and not any(sous(naf, [code]) for naf in codes_naf):
                yield (cle, rang), f"code NAF inconnu : {code}"


def _fautes_de_montant(montant: dict[str, Any]) -> Iterator[Faute]:
    for rang, code in enumerate(montant.get("assiette", [])):
        fait = VOCABULAIRE.get(code)
        if fait is None or fait.type is not Type.MONTANT:
            yield ("assiette", rang), f"ce n’est pas un fait en euros : {code[:60]}"
    for petit, grand in (("taux_minimum", "taux"), ("minimum", "plafond")):
        if {petit, grand} <= montant.keys() and Decimal(montant[petit]) > Decimal(montant[grand]):
            yield (petit,), f"« {petit} » dépasse « {grand} »"


def lieux(document: dict[str, Any]) -> Iterator[Faute]:
    """Every place that a checked aide names, with its path: périmètre, criteria, amounts."""
    for cle in ("perimetre", "exclusions"):
        for code in filter(None, document.get(cle, "").split(SEPARATEUR)):
            yield (cle,), code
    for chemin, noeud in _noeuds(document):
        if noeud["type"] == "situe":
            for cle in ("perimetre", "sauf"):
                for code in filter(None, noeud.get(cle, "").split(SEPARATEUR)):
                    yield (*chemin, cle), code


def zones(document: dict[str, Any]) -> Iterator[str]:
    """Every zone that a checked aide names, in its criteria or in those of its amounts."""
    return (noeud["zone"] for _, noeud in _noeuds(document) if noeud["type"] == "en_zone")


def aides_citees(document: dict[str, Any]) -> Iterator[Faute]:
    """Every aide that a checked one names, with its path: what it completes, what one may not
    have had before."""
    if "complete" in document:
        yield ("complete",), document["complete"]
    for chemin, noeud in _noeuds(document):
        if noeud["type"] == "delai_entre_aides":
            for rang, code in enumerate(noeud["aides"]):
                yield (*chemin, "aides", rang), code


def _noeuds(document: dict[str, Any]) -> Iterator[tuple[Chemin, dict[str, Any]]]:
    """Path and object of every node of the trees of a checked aide, in reading order."""
    pile: list[tuple[Chemin, dict[str, Any]]] = [
        (("montants", rang, "si"), montant["si"])
        for rang, montant in reversed(list(enumerate(document.get("montants", []))))
        if "si" in montant
    ]
    pile.append((("criteres",), document["criteres"]))
    while pile:
        chemin, noeud = pile.pop()
        yield chemin, noeud
        suite = [((*chemin, "criteres", r), n) for r, n in enumerate(noeud.get("criteres", []))]
        pile.extend(reversed(suite))
        if "critere" in noeud:
            pile.append(((*chemin, "critere"), noeud["critere"]))
