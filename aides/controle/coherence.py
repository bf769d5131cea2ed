"""Can it all be true: criteria, amounts, périmètre and porteurs taken together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aides.controle.constats import (
    HORS_DU_FINANCEUR,
    INATTEIGNABLE,
    INCOHERENTE,
    MONTANT_JAMAIS,
    SOURCE_ABSENTE,
    TOUJOURS_VRAIE,
    TROP_COMPLEXE,
    Constat,
)
from aides.controle.contexte import Contexte, Fiche
from aides.criteres.arbre import Non
from aides.criteres.satisfaction import Indecis
from aides.echange.coherence import lieux, zones
from aides.echange.lecture import fautes_de
from portal.socle.json_strict import Chemin
from territoires.perimetre import contient


def constats_de_forme(document: Mapping[str, Any], contexte: Contexte) -> Iterator[Constat]:
    """What would not be imported today: the language or the reference data have changed, or
    the version was not made by an import."""
    for chemin, message in fautes_de(dict(document), contexte.monde.naf or None):
        manque = (chemin and chemin[-1] == "source") or message.endswith(" : source")
        precision = f"{_ecrit(chemin)} : {message}"
        yield Constat(SOURCE_ABSENTE if manque else INCOHERENTE, str(document["code"]), precision)


def constats_de_coherence(fiche: Fiche, contexte: Contexte) -> Iterator[Constat]:
    """Places and zones that do not exist, trees that nobody or everybody meets, amounts for
    nobody, porteurs from elsewhere."""
    yield from _lieux_inconnus(fiche, contexte)
    recherche = contexte.recherche
    try:
        if not recherche.possible(fiche.conditions):
            yield Constat(INATTEIGNABLE, fiche.code)
        else:
            for libelle, _, condition in fiche.montants:
                if condition is not None and not recherche.possible(fiche.conditions, condition):
                    yield Constat(MONTANT_JAMAIS, fiche.code, libelle)
        if not recherche.possible(Non(fiche.arbre)):
            yield Constat(TOUJOURS_VRAIE, fiche.code)
    except Indecis:
        yield Constat(TROP_COMPLEXE, fiche.code)
    yield from _porteurs_d_ailleurs(fiche, contexte)


def _lieux_inconnus(fiche: Fiche, contexte: Contexte) -> Iterator[Constat]:
    connus = frozenset[str]().union(*contexte.monde.lieux)
    document = dict(fiche.document)
    for chemin, lieu in lieux(document):
        if lieu not in connus:
            yield Constat(INCOHERENTE, fiche.code, f"{_ecrit(chemin)} : lieu inconnu, {lieu}")
    for zone in sorted(set(zones(document)) - set(contexte.zones)):
        yield Constat(INCOHERENTE, fiche.code, f"zone inconnue, {zone} : elle le restera")


def _porteurs_d_ailleurs(fiche: Fiche, contexte: Contexte) -> Iterator[Constat]:
    """Those who finance or review it and administer no place of its périmètre."""
    perimetre, exclusions = fiche.lieux("perimetre"), fiche.lieux("exclusions")
    atteints = frozenset[str]().union(
        *(lieu for lieu in contexte.monde.lieux if contient(perimetre, exclusions, lieu))
    )
    for organisme in sorted(fiche.porteurs("financeur", "instructeur")):
        territoire = contexte.territoires.get(organisme, "")
        if territoire and territoire not in atteints:
            yield Constat(HORS_DU_FINANCEUR, fiche.code, organisme, (territoire,))


def _ecrit(chemin: Chemin) -> str:
    return "/".join(map(str, chemin))
