"""What one does to a draft: a closed union of acts on the exchange document of an aide.

Paths are those of the document: "criteres", "criteres/criteres/3", "montants/0/si/criteres/1".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from aides.criteres.noeuds import joindre
from aides.echange.documents import CLES
from aides.edition import arbre
from aides.edition.arbre import Edition, Noeud, OperationRefusee

Document = dict[str, Any]
#: Keys of an aide that `Champs` may set: not its identity, nor what has acts of its own.
CHAMPS = frozenset(CLES) - {"code", "identifiant", "criteres", "sources", "montants"}
#: Keys of a rule of amount that `Montant` may set; its condition is a tree.
CHAMPS_DE_MONTANT = frozenset(
    ("forme", "taux", "taux_minimum", "assiette", "minimum", "plafond", "par_emploi", "forfait",
     "libelle", "source")
)  # fmt: skip
RACINE = "criteres"


@dataclass(frozen=True, slots=True)
class Ajouter:
    """Put a node in the group at `groupe`, last or at `rang`.

    `groupe` may be the condition of a rule of amount that has none yet: "montants/0/si".
    """

    groupe: str
    noeud: Noeud
    rang: int | None = None


@dataclass(frozen=True, slots=True)
class Remplacer:
    """Put a node in the place of the one at `chemin`: what an editing form sends."""

    chemin: str
    noeud: Noeud


@dataclass(frozen=True, slots=True)
class Retirer:
    """Take the node at `chemin` out, its negation with it."""

    chemin: str


@dataclass(frozen=True, slots=True)
class Monter:
    """Exchange a node with the one before it."""

    chemin: str


@dataclass(frozen=True, slots=True)
class Descendre:
    """Exchange a node with the one after it."""

    chemin: str


@dataclass(frozen=True, slots=True)
class Deplacer:
    """Move a node into the group at `groupe` of the same tree, last or at `rang`."""

    chemin: str
    groupe: str
    rang: int | None = None


@dataclass(frozen=True, slots=True)
class Grouper:
    """Put siblings under a group of their own: `tous`, `un`, `au_moins` with `nombre`."""

    chemins: tuple[str, ...]
    genre: str
    nombre: int | None = None


@dataclass(frozen=True, slots=True)
class Degrouper:
    """Put the criteria of a group in its place."""

    chemin: str


@dataclass(frozen=True, slots=True)
class Regler:
    """Change how many criteria of a group must hold."""

    chemin: str
    genre: str
    nombre: int | None = None


@dataclass(frozen=True, slots=True)
class Nier:
    """Deny a node, or affirm it again."""

    chemin: str


@dataclass(frozen=True, slots=True)
class Sourcer:
    """Give a source, by its key or in full, to a leaf or to all those of a group."""

    chemin: str
    source: str | Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Champs:
    """Set fields of the aide, in exchange notation; an empty value removes the key."""

    valeurs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DefinirSource:
    """Write the source named `cle` among those of the aide, or remove it (None)."""

    cle: str
    source: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Montant:
    """Write the rule of amount of that rank (None: a new one, last); its condition stays."""

    rang: int | None
    valeurs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RetirerMontant:
    """Remove a rule of amount with its condition."""

    rang: int


SurArbre = (
    Ajouter
    | Remplacer
    | Retirer
    | Monter
    | Descendre
    | Deplacer
    | Grouper
    | Degrouper
    | Regler
    | Nier
    | Sourcer
)
SurFiche = Champs | DefinirSource | Montant | RetirerMontant
Operation = SurArbre | SurFiche

LIBELLES: dict[type, str] = {
    Ajouter: "ajout d’un critère",
    Remplacer: "changement d’un critère",
    Retirer: "retrait d’un critère",
    Monter: "critère monté",
    Descendre: "critère descendu",
    Deplacer: "critère déplacé",
    Grouper: "regroupement de critères",
    Degrouper: "groupe défait",
    Regler: "réglage d’un groupe",
    Nier: "négation d’un critère",
    Sourcer: "source d’un critère",
    Champs: "changement de la fiche",
    DefinirSource: "changement des sources",
    Montant: "changement d’un montant",
    RetirerMontant: "retrait d’un montant",
}


def appliquer(document: Document, operation: Operation) -> Edition:
    """The document once the act is done, and the path of what it touched.

    `document` is left as it was. Raises OperationRefusee.
    """
    match operation:
        case Champs(valeurs):
            return _champs(document, valeurs)
        case DefinirSource(cle, source):
            return _source(document, cle, source)
        case Montant(rang, valeurs):
            return _montant(document, rang, valeurs)
        case RetirerMontant(rang):
            return _sans_montant(document, rang)
        case _:
            return _sur_arbre(document, operation)


def sans_vide(objet: Mapping[str, Any]) -> dict[str, Any]:
    """The same object without the keys that say nothing: the format knows no empty value."""
    return {cle: valeur for cle, valeur in objet.items() if valeur not in ("", None, [], {})}


def arbres(document: Mapping[str, Any]) -> Iterator[tuple[str, Noeud]]:
    """Path and root of each tree of a document: its criteria, the conditions of its amounts."""
    yield RACINE, document.get(RACINE) or arbre.arbre_vide()
    for rang, montant in enumerate(document.get("montants", [])):
        if "si" in montant:
            yield f"montants/{rang}/si", montant["si"]


# ------------------------------------------------------------------ trees


def _sur_arbre(document: Document, operation: SurArbre) -> Edition:
    chemin = _chemins(operation)[0]
    racine = _racine(document, chemin)
    for autre in _chemins(operation)[1:]:
        if _racine(document, autre) != racine:
            raise OperationRefusee(autre, "ce critère est dans une autre partie de l’aide")
    try:
        edition = _editer(_arbre(document, racine, operation), operation, racine)
    except OperationRefusee as refus:
        raise OperationRefusee(_sous(racine, refus.chemin), refus.message) from refus
    return Edition(_poser(document, racine, edition.resultat), _sous(racine, edition.chemin))


def _chemins(operation: SurArbre) -> tuple[str, ...]:
    match operation:
        case Ajouter(groupe):
            return (groupe,)
        case Deplacer(chemin, groupe):
            return (chemin, groupe)
        case Grouper(chemins):
            return chemins or ("",)
        case _:
            return (operation.chemin,)


def _editer(  # noqa: C901 - one case per act
    depuis: Noeud, operation: SurArbre, racine: str
) -> Edition:
    def ici(chemin: str) -> str:
        return chemin.removeprefix(racine).removeprefix("/")

    match operation:
        case Ajouter(groupe, noeud, rang):
            return arbre.ajouter(depuis, ici(groupe), noeud, rang)
        case Remplacer(chemin, noeud):
            return arbre.remplacer(depuis, ici(chemin), noeud)
        case Retirer(chemin):
            return arbre.retirer(depuis, ici(chemin))
        case Monter(chemin):
            return arbre.monter(depuis, ici(chemin))
        case Descendre(chemin):
            return arbre.descendre(depuis, ici(chemin))
        case Deplacer(chemin, groupe, rang):
            return arbre.deplacer(depuis, ici(chemin), ici(groupe), rang)
        case Grouper(chemins, genre, nombre):
            return arbre.grouper(depuis, [ici(chemin) for chemin in chemins], genre, nombre)
        case Degrouper(chemin):
            return arbre.degrouper(depuis, ici(chemin))
        case Regler(chemin, genre, nombre):
            return arbre.regler(depuis, ici(chemin), genre, nombre)
        case Nier(chemin):
            return arbre.nier(depuis, ici(chemin))
        case Sourcer(chemin, source):
            return arbre.sourcer(depuis, ici(chemin), source)
        case _:
            assert_never(operation)


def _racine(document: Document, chemin: str) -> str:
    """The path of the tree to which a path of the document leads."""
    etapes = chemin.split("/")
    if etapes[0] == RACINE:
        return RACINE
    if etapes[0] == "montants" and len(etapes) > 2 and etapes[2] == "si":
        _rang_de_montant(document, int(etapes[1]) if etapes[1].isdecimal() else -1)
        return "/".join(etapes[:3])
    raise OperationRefusee(chemin[:200], "il n’y a pas de critère à cet endroit")


def _arbre(document: Document, racine: str, operation: SurArbre) -> Noeud:
    if racine == RACINE:
        return document.get(RACINE) or arbre.arbre_vide()
    montant = document["montants"][int(racine.split("/")[1])]
    if "si" not in montant and not isinstance(operation, Ajouter):
        raise OperationRefusee("", "ce montant n’a pas de condition")
    condition: Noeud = montant.get("si") or arbre.arbre_vide()
    return condition


def _poser(document: Document, racine: str, nouveau: Noeud) -> Document:
    """The document with that tree; a rule of amount whose condition is empty has none."""
    if racine == RACINE:
        return {**document, RACINE: nouveau}
    rang = int(racine.split("/")[1])
    montant = {cle: valeur for cle, valeur in document["montants"][rang].items() if cle != "si"}
    if nouveau != arbre.arbre_vide():
        montant["si"] = nouveau
    return _avec_montant(document, rang, montant)


def _sous(racine: str, chemin: str) -> str:
    return joindre(racine, chemin) if chemin else racine


# ------------------------------------------------------------------ the rest of the aide


def _champs(document: Document, valeurs: Mapping[str, Any]) -> Edition:
    for cle in valeurs:
        if cle not in CHAMPS:
            raise OperationRefusee(cle[:60], "ce champ ne se change pas ici")
    reste = {cle: valeur for cle, valeur in document.items() if cle not in valeurs}
    return Edition({**reste, **sans_vide(valeurs)}, next(iter(valeurs), ""))


def _source(document: Document, cle: str, source: Mapping[str, Any] | None) -> Edition:
    chemin = f"sources/{cle}"
    if not cle.strip() or "/" in cle or len(cle) > 60:
        raise OperationRefusee("sources", "donnez à la source un nom court, sans « / »")
    sources = dict(document.get("sources", {}))
    if source is not None:
        sources[cle] = sans_vide(source)
    elif citations := sum(1 for citee in _citees(document) if citee == cle):
        refus = f"cette source est citée {citations} fois : remplacez-la d’abord"
        raise OperationRefusee(chemin, refus)
    else:
        sources.pop(cle, None)
    return Edition({**_sans(document, "sources"), **sans_vide({"sources": sources})}, chemin)


def _citees(document: Document) -> Iterator[object]:
    for _, racine in arbres(document):
        for _, feuille in arbre.feuilles(racine):
            yield feuille.get("source")
    for montant in document.get("montants", []):
        yield montant.get("source")


def _montant(document: Document, rang: int | None, valeurs: Mapping[str, Any]) -> Edition:
    for cle in valeurs:
        if cle not in CHAMPS_DE_MONTANT:
            raise OperationRefusee(cle[:60], "ce champ n’est pas celui d’un montant")
    montants: Sequence[Any] = document.get("montants", [])
    if rang is None:
        chemin = f"montants/{len(montants)}"
        return Edition({**document, "montants": [*montants, sans_vide(valeurs)]}, chemin)
    _rang_de_montant(document, rang)
    garde = {cle: montants[rang][cle] for cle in ("si",) if cle in montants[rang]}
    return Edition(
        _avec_montant(document, rang, {**sans_vide(valeurs), **garde}), f"montants/{rang}"
    )


def _sans_montant(document: Document, rang: int) -> Edition:
    _rang_de_montant(document, rang)
    montants = [m for ici, m in enumerate(document["montants"]) if ici != rang]
    resultat = {**_sans(document, "montants"), **sans_vide({"montants": montants})}
    return Edition(resultat, "montants")


def _rang_de_montant(document: Document, rang: int) -> None:
    if not 0 <= rang < len(document.get("montants", [])):
        raise OperationRefusee("montants", "il n’y a pas de montant à cet endroit")


def _avec_montant(document: Document, rang: int, montant: Mapping[str, Any]) -> Document:
    montants = list(document["montants"])
    montants[rang] = dict(montant)
    return {**document, "montants": montants}


def _sans(document: Document, cle: str) -> Document:
    return {autre: valeur for autre, valeur in document.items() if autre != cle}
