"""How two documents of an aide differ, in French: versions, or a version and a draft.

Both may be unfinished. Order says nothing: only what is added, taken away, changed or moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aides.echange.documents import CLES, SEPARATEUR
from aides.edition.arbre import arbre_vide
from aides.edition.changements import Changement
from aides.edition.comparaison import comparer
from aides.edition.mots import ABSENT, Mots, Page

Document = Mapping[str, Any]

RUBRIQUES = {
    "titre": "Titre",
    "promesse": "Promesse",
    "description": "Description",
    "nature": "Nature",
    "natures_secondaires": "Autres natures",
    "formes": "Formes",
    "porteurs": "Porteurs",
    "perimetre": "Périmètre",
    "exclusions": "Exclusions du périmètre",
    "ouverture": "Ouverture",
    "cloture": "Clôture",
    "statut": "Statut",
    "statut_precision": "Précision du statut",
    "verifie_le": "Source relue le",
    "voie": "Où la demander",
    "bases_juridiques": "Bases juridiques",
    "sources": "Sources",
    "montants": "Montants",
    "naf": "Activités visées",
    "naf_exclusions": "Activités exclues",
    "complete": "Complète l’aide",
}
CRITERES = "Critères"


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes of the criteria, those of amounts included, and of the other fields, in the
    order in which an aide is written."""

    criteres: tuple[Changement, ...]
    champs: tuple[Changement, ...]

    def __bool__(self) -> bool:
        return bool(self.criteres or self.champs)


def difference(avant: Document | None, apres: Document, mots: Mots) -> Difference:
    """What changed from one document to another of the same aide; `avant` is None for a new
    one. `mots` names what they cite: `Mots.pour(avant, apres)`."""
    depuis = avant or {}
    gauche, droite = Page.de(depuis, mots, apres), Page.de(apres, mots, depuis)
    vide = arbre_vide()
    arbres = comparer(
        depuis.get("criteres", vide), apres.get("criteres", vide), gauche, droite,
        rubrique=CRITERES, chemin="criteres",
    )  # fmt: skip
    montants = list(_montants(depuis, apres, gauche, droite))
    champs: list[Changement] = []
    for cle in CLES:
        if cle == "montants":
            champs += [c for c in montants if c.rubrique == RUBRIQUES["montants"]]
        elif cle in RUBRIQUES:
            champs += _champ(cle, depuis.get(cle), apres.get(cle), mots)
    conditions = (c for c in montants if c.rubrique != RUBRIQUES["montants"])
    return Difference((*arbres, *conditions), tuple(champs))


# ------------------------------------------------------------------ fields


def _champ(cle: str, avant: Any, apres: Any, mots: Mots) -> Iterator[Changement]:
    """The changes of one field: element by element for a list, else the old and the new."""
    elements = _LISTES.get(cle)
    if elements is None:
        ancien, nouveau = mots.champ(cle, avant), mots.champ(cle, apres)
        if ancien != nouveau:
            yield Changement.entre(RUBRIQUES[cle], ancien, nouveau, chemin=cle)
        return
    anciens, nouveaux = elements(avant, mots), elements(apres, mots)
    for nom in [*anciens, *(nom for nom in nouveaux if nom not in anciens)]:
        ancien, nouveau = anciens.get(nom, ABSENT), nouveaux.get(nom, ABSENT)
        if ancien != nouveau:
            yield Changement.entre(RUBRIQUES[cle], ancien, nouveau, chemin=cle)


def _lieux(brut: Any, mots: Mots) -> dict[str, str]:
    codes = brut.split(SEPARATEUR) if isinstance(brut, str) and brut else []
    return {code: mots.lieu(code) for code in codes}


def _activites(brut: Any, mots: Mots) -> dict[str, str]:
    return {str(code): mots.activite(str(code)) for code in brut or ()}


def _porteurs(brut: Any, mots: Mots) -> dict[str, str]:
    return {
        str(porteur.get("organisme")): mots.porteur(porteur)
        for porteur in brut or ()
        if isinstance(porteur, dict)
    }


def _sources(brut: Any, mots: Mots) -> dict[str, str]:
    return {cle: mots.source(source) for cle, source in (brut or {}).items()}


def _bases(brut: Any, mots: Mots) -> dict[str, str]:
    return {str(base.get("libelle")): mots.source(base) for base in brut or ()}


_LISTES: dict[str, Callable[[Any, Mots], dict[str, str]]] = {
    "perimetre": _lieux,
    "exclusions": _lieux,
    "naf": _activites,
    "naf_exclusions": _activites,
    "porteurs": _porteurs,
    "sources": _sources,
    "bases_juridiques": _bases,
}


# ------------------------------------------------------------------ amounts


def _montants(avant: Document, apres: Document, gauche: Page, droite: Page) -> Iterator[Changement]:
    """Rules matched by what they are called, else by their rank; then their conditions."""
    anciens, nouveaux = list(avant.get("montants", [])), list(apres.get("montants", []))
    for ancien, nouveau, rang in _apparies(anciens, nouveaux):
        chemin = f"montants/{rang}"
        dit, redit = gauche.montant(ancien), droite.montant(nouveau)
        citee, recitee = (ancien or {}).get("source"), (nouveau or {}).get("source")
        meme = gauche.identite(citee) == droite.identite(recitee)
        if dit != redit or not meme:
            sources = ("", "") if meme else (gauche.source(citee), droite.source(recitee))
            yield Changement.entre(
                RUBRIQUES["montants"], dit, redit, chemin=chemin, sources=sources
            )
        vide = arbre_vide()
        yield from comparer(
            (ancien or {}).get("si", vide),
            (nouveau or {}).get("si", vide),
            gauche,
            droite,
            rubrique=f"Condition du montant « {(redit or dit).partition(' : ')[0]} »",
            chemin=f"{chemin}/si",
        )


def _apparies(
    anciens: list[Document], nouveaux: list[Document]
) -> Iterator[tuple[Document | None, Document | None, int]]:
    restants = dict(enumerate(nouveaux))
    couples: list[tuple[Document, int | None]] = []
    for rang, ancien in enumerate(anciens):
        cle = (ancien.get("libelle"), ancien.get("forme"))
        semblables = [r for r, n in restants.items() if (n.get("libelle"), n.get("forme")) == cle]
        choisi = rang if rang in semblables else next(iter(semblables), None)
        if choisi is not None:
            restants.pop(choisi)
        couples.append((ancien, choisi))
    for rang, (ancien, choisi) in enumerate(couples):
        if choisi is None and rang in restants:
            restants.pop(rang)
            yield ancien, nouveaux[rang], rang
        else:
            yield ancien, None if choisi is None else nouveaux[choisi], choisi or 0
    for rang, nouveau in restants.items():
        yield None, nouveau, rang
