"""Acts on a tree of criteria as it is written in JSON, finished or not.

A node is a JSON object: a group (`tous`, `un`, `au_moins`: "criteres"), a negation (`non`:
"critere") or a leaf, whose other keys may be missing or wrong while it is being filled. Each act
takes a tree and the paths that `criteres.echange` gives ("criteres/3/critere", "" for the root),
leaves its argument as it was, and returns the new tree with the path of what was touched.
Refusals are OperationRefusee, in French, with the path.

An act on the criterion of a negation moves or removes both together: "not X" is one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aides.criteres.echange import NOEUDS_MAXIMUM, PROFONDEUR_MAXIMUM, TYPES_DE_FEUILLE
from aides.criteres.noeuds import joindre

Noeud = dict[str, Any]
#: A path read: ranks within groups, None under a negation.
Pas = tuple[int | None, ...]
GROUPES = ("tous", "un", "au_moins")
NEGATION = "non"
_PAS = re.compile(r"criteres/([0-9]{1,5})(?:/|$)|critere(?:/|$)")


class OperationRefusee(ValueError):
    """An act that the tree does not allow: where (`chemin`), and why in French."""

    def __init__(self, chemin: str, message: str) -> None:
        super().__init__(message)
        self.chemin = chemin
        self.message = message


class Edition(NamedTuple):
    """What an act gives: the new tree (or document), and the path of what it touched."""

    resultat: Noeud
    chemin: str


def arbre_vide() -> Noeud:
    """The tree that a new aide begins with: no condition yet."""
    return {"type": "tous", "criteres": []}


# ------------------------------------------------------------------ looking


def noeud_a(arbre: Noeud, chemin: str) -> Noeud:
    """The node at `chemin`. Raises OperationRefusee where there is none."""
    return _noeud(arbre, lire_chemin(chemin))


def est_groupe(noeud: Noeud) -> bool:
    """Whether it holds a list of criteria: neither a leaf nor a negation."""
    return noeud.get("type") in GROUPES


def enfants(noeud: Noeud) -> list[Noeud]:
    """The nodes right below."""
    if est_groupe(noeud):
        return list(noeud["criteres"])
    return [noeud["critere"]] if noeud.get("type") == NEGATION else []


def feuilles(arbre: Noeud, chemin: str = "") -> Iterator[tuple[str, Noeud]]:
    """Path and object of each leaf, in reading order; `chemin` is put before every path."""
    for ici, noeud in parcourir(arbre, chemin):
        if not est_groupe(noeud) and noeud.get("type") != NEGATION:
            yield ici, noeud


def parcourir(arbre: Noeud, chemin: str = "") -> Iterator[tuple[str, Noeud]]:
    """Path and object of each node, in reading order."""
    pile = [(chemin, arbre)]
    while pile:
        ici, noeud = pile.pop()
        yield ici, noeud
        if noeud.get("type") == NEGATION:
            pile.append((joindre(ici, "critere"), noeud["critere"]))
        elif est_groupe(noeud):
            suite = [(joindre(ici, f"criteres/{r}"), n) for r, n in enumerate(noeud["criteres"])]
            pile.extend(reversed(suite))


def lire_chemin(chemin: str) -> Pas:
    """ "criteres/3/critere" as (3, None). Raises OperationRefusee for what is not a path."""
    pas: list[int | None] = []
    reste = chemin
    while reste:
        lu = _PAS.match(reste)
        if lu is None:
            raise OperationRefusee(chemin[:200], "il n’y a pas de critère à cet endroit")
        pas.append(None if lu[1] is None else int(lu[1]))
        reste = reste[lu.end() :]
    return tuple(pas)


def ecrire_chemin(pas: Pas) -> str:
    """The contrary of `lire_chemin`."""
    return "/".join("critere" if rang is None else f"criteres/{rang}" for rang in pas)


# ------------------------------------------------------------------ acts on one node


def ajouter(arbre: Noeud, groupe: str, noeud: Noeud, rang: int | None = None) -> Edition:
    """Put a node in a group, last or at `rang`."""
    _exiger_bien_forme(noeud, groupe)
    pas = lire_chemin(groupe)
    criteres = _criteres(arbre, pas)
    rang = len(criteres) if rang is None else max(0, min(rang, len(criteres)))
    nouveau = _avec_criteres(arbre, pas, [*criteres[:rang], noeud, *criteres[rang:]])
    return _mesure(nouveau, (*pas, rang))


def remplacer(arbre: Noeud, chemin: str, noeud: Noeud) -> Edition:
    """Put a node in the place of another and of all that was below it."""
    _exiger_bien_forme(noeud, chemin)
    pas = lire_chemin(chemin)
    _noeud(arbre, pas)
    return _mesure(_poser(arbre, pas, noeud), pas)


def retirer(arbre: Noeud, chemin: str) -> Edition:
    """Take a node out, its negation with it; the path is that of the group it was in.

    Taking the root leaves the empty tree.
    """
    pas = _ligne(arbre, chemin)
    if not pas:
        return Edition(arbre_vide(), "")
    groupe, rang = _parent(pas)
    criteres = _criteres(arbre, groupe)
    return Edition(
        _avec_criteres(arbre, groupe, criteres[:rang] + criteres[rang + 1 :]),
        ecrire_chemin(groupe),
    )


def monter(arbre: Noeud, chemin: str) -> Edition:
    """Exchange a node with the one before it in its group."""
    return _decaler(arbre, chemin, -1, "ce critère est déjà le premier de son groupe")


def descendre(arbre: Noeud, chemin: str) -> Edition:
    """Exchange a node with the one after it in its group."""
    return _decaler(arbre, chemin, 1, "ce critère est déjà le dernier de son groupe")


def deplacer(arbre: Noeud, chemin: str, groupe: str, rang: int | None = None) -> Edition:
    """Move a node into another group, last or at `rang` (counted once it has left its own)."""
    pas, vers = _ligne(arbre, chemin), lire_chemin(groupe)
    _criteres(arbre, vers)
    if vers[: len(pas)] == pas:
        raise OperationRefusee(chemin, "un groupe ne se range pas dans lui-même")
    noeud = _noeud(arbre, pas)
    sans = retirer(arbre, ecrire_chemin(pas)).resultat
    return ajouter(sans, ecrire_chemin(_apres_retrait(vers, pas)), noeud, rang)


def nier(arbre: Noeud, chemin: str) -> Edition:
    """Deny a node, or affirm it again when it was denied."""
    pas = lire_chemin(chemin)
    noeud = _noeud(arbre, pas)
    if noeud.get("type") == NEGATION:
        return Edition(_poser(arbre, pas, noeud["critere"]), chemin)
    if pas and pas[-1] is None:
        return Edition(_poser(arbre, pas[:-1], noeud), ecrire_chemin(pas[:-1]))
    return _mesure(_poser(arbre, pas, {"type": NEGATION, "critere": noeud}), pas)


# ------------------------------------------------------------------ acts on groups


def grouper(arbre: Noeud, chemins: Sequence[str], genre: str, nombre: int | None = None) -> Edition:
    """Put siblings under a group of their own, where the first of them was."""
    touches = sorted({_ligne(arbre, chemin) for chemin in chemins}, key=_ordre)
    if not touches:
        raise OperationRefusee("", "choisissez au moins un critère à regrouper")
    if touches == [()]:
        return _mesure(_groupe(genre, nombre, [arbre], ""), ())
    if () in touches or len({pas[:-1] for pas in touches}) > 1:
        refus = "on ne regroupe que des critères d’un même groupe"
        raise OperationRefusee(ecrire_chemin(touches[-1]), refus)
    parent, premier = _parent(touches[0])
    rangs = {_parent(pas)[1] for pas in touches}
    criteres = _criteres(arbre, parent)
    choisis = [critere for rang, critere in enumerate(criteres) if rang in rangs]
    suite = [critere for rang, critere in enumerate(criteres) if rang not in rangs]
    suite.insert(premier, _groupe(genre, nombre, choisis, ecrire_chemin(parent)))
    return _mesure(_avec_criteres(arbre, parent, suite), (*parent, premier))


def degrouper(arbre: Noeud, chemin: str) -> Edition:
    """Put the criteria of a group in its place; the path is that of the group above.

    Of the root, or of a group that is denied, only when one criterion is left in it.
    """
    pas = lire_chemin(chemin)
    criteres = _criteres(arbre, pas)
    if not pas or pas[-1] is None:
        if len(criteres) != 1:
            refus = "il faut qu’un seul critère y reste pour défaire ce groupe"
            raise OperationRefusee(chemin, refus)
        return Edition(_poser(arbre, pas, criteres[0]), chemin)
    parent, rang = _parent(pas)
    freres = _criteres(arbre, parent)
    suite = [*freres[:rang], *criteres, *freres[rang + 1 :]]
    return Edition(_avec_criteres(arbre, parent, suite), ecrire_chemin(parent))


def regler(arbre: Noeud, chemin: str, genre: str, nombre: int | None = None) -> Edition:
    """Change how many criteria of a group must hold: `tous`, `un`, `au_moins` with `nombre`."""
    pas = lire_chemin(chemin)
    criteres = _criteres(arbre, pas)
    return Edition(_poser(arbre, pas, _groupe(genre, nombre, criteres, chemin)), chemin)


def sourcer(arbre: Noeud, chemin: str, source: str | Mapping[str, Any] | None) -> Edition:
    """Give a source, by its key or in full, to a leaf or to every leaf below; None takes it."""
    pas = lire_chemin(chemin)

    def avec(noeud: Noeud) -> Noeud:
        if est_groupe(noeud):
            return {**noeud, "criteres": [avec(enfant) for enfant in noeud["criteres"]]}
        if noeud.get("type") == NEGATION:
            return {**noeud, "critere": avec(noeud["critere"])}
        reste = {cle: valeur for cle, valeur in noeud.items() if cle != "source"}
        return reste if not source else {**reste, "source": source}

    return Edition(_poser(arbre, pas, avec(_noeud(arbre, pas))), chemin)


# ------------------------------------------------------------------ below


def _noeud(arbre: Noeud, pas: Pas) -> Noeud:
    noeud = arbre
    for fait, rang in enumerate(pas):
        criteres = enfants(noeud)
        negation = noeud.get("type") == NEGATION
        if negation is not (rang is None) or (rang or 0) >= len(criteres):
            ici = ecrire_chemin(pas[: fait + 1])
            raise OperationRefusee(ici, "il n’y a pas de critère à cet endroit")
        noeud = criteres[rang or 0]
    return noeud


def _criteres(arbre: Noeud, pas: Pas) -> list[Noeud]:
    """The criteria of the group at `pas`."""
    noeud = _noeud(arbre, pas)
    if not est_groupe(noeud):
        raise OperationRefusee(ecrire_chemin(pas), "ce n’est pas un groupe de critères")
    return list(noeud["criteres"])


def _poser(arbre: Noeud, pas: Pas, noeud: Noeud) -> Noeud:
    """The same tree with `noeud` at `pas`, which exists; what is beside is shared, not copied."""
    if not pas:
        return noeud
    rang, *reste = pas
    if rang is None:
        return {**arbre, "critere": _poser(arbre["critere"], tuple(reste), noeud)}
    criteres = list(arbre["criteres"])
    criteres[rang] = _poser(criteres[rang], tuple(reste), noeud)
    return {**arbre, "criteres": criteres}


def _avec_criteres(arbre: Noeud, pas: Pas, criteres: list[Noeud]) -> Noeud:
    return _poser(arbre, pas, {**_noeud(arbre, pas), "criteres": criteres})


def _ligne(arbre: Noeud, chemin: str) -> Pas:
    """Where the line of a node is: its negation, for the criterion that one denies."""
    pas = lire_chemin(chemin)
    _noeud(arbre, pas)
    while pas and pas[-1] is None:
        pas = pas[:-1]
    return pas


def _parent(pas: Pas) -> tuple[Pas, int]:
    """The group around a node that is neither the root nor right under a negation."""
    rang = pas[-1]
    assert rang is not None  # noqa: S101 - said to the type checker
    return pas[:-1], rang


def _ordre(pas: Pas) -> tuple[int, ...]:
    return tuple(-1 if rang is None else rang for rang in pas)


def _decaler(arbre: Noeud, chemin: str, sens: int, refus: str) -> Edition:
    pas = _ligne(arbre, chemin)
    if not pas:
        raise OperationRefusee(chemin, "ce critère est le seul à ce niveau")
    parent, rang = _parent(pas)
    criteres = _criteres(arbre, parent)
    vers = rang + sens
    if not 0 <= vers < len(criteres):
        raise OperationRefusee(chemin, refus)
    criteres[rang], criteres[vers] = criteres[vers], criteres[rang]
    return Edition(_avec_criteres(arbre, parent, criteres), ecrire_chemin((*parent, vers)))


def _apres_retrait(vers: Pas, retire: Pas) -> Pas:
    """Where a path leads once the node at `retire`, which it does not go through, is gone."""
    parent, rang = _parent(retire)
    ici = vers[len(parent)] if len(vers) > len(parent) else None
    if vers[: len(parent)] == parent and ici is not None and ici > rang:
        return (*parent, ici - 1, *vers[len(parent) + 1 :])
    return vers


def _groupe(genre: str, nombre: int | None, criteres: list[Noeud], chemin: str) -> Noeud:
    if genre not in GROUPES:
        raise OperationRefusee(chemin, "choisissez : toutes, l’une au moins, ou un nombre")
    if genre != "au_moins":
        return {"type": genre, "criteres": criteres}
    if nombre is None or nombre < 1:
        raise OperationRefusee(joindre(chemin, "nombre"), "dites combien de conditions il faut")
    return {"type": genre, "nombre": nombre, "criteres": criteres}


def _mesure(arbre: Noeud, touche: Pas) -> Edition:
    """The act's result, unless the tree has outgrown what the language reads."""
    nombre, profondeur = 0, 0
    pile = [(arbre, 1)]
    while pile:
        noeud, ici = pile.pop()
        nombre, profondeur = nombre + 1, max(profondeur, ici)
        pile.extend((enfant, ici + 1) for enfant in enfants(noeud))
    chemin = ecrire_chemin(touche)
    if profondeur > PROFONDEUR_MAXIMUM:
        raise OperationRefusee(chemin, f"pas plus de {PROFONDEUR_MAXIMUM} niveaux de groupes")
    if nombre > NOEUDS_MAXIMUM:
        raise OperationRefusee(chemin, f"pas plus de {NOEUDS_MAXIMUM} critères")
    return Edition(arbre, chemin)


def _exiger_bien_forme(noeud: object, chemin: str) -> None:
    """Refuses what is not a node, or holds one that is not: leaves may be half filled."""
    pile: list[tuple[object, int]] = [(noeud, 1)]
    vus = 0
    while pile:
        courant, profondeur = pile.pop()
        vus += 1
        type_ = courant.get("type") if isinstance(courant, dict) else None
        if not isinstance(courant, dict) or not isinstance(type_, str):
            raise OperationRefusee(chemin, "ce n’est pas un critère")
        if profondeur > PROFONDEUR_MAXIMUM or vus + len(pile) > NOEUDS_MAXIMUM:
            raise OperationRefusee(chemin, "arbre trop grand ou trop profond")
        if type_ == NEGATION:
            pile.append((courant.get("critere"), profondeur + 1))
        elif type_ in GROUPES and isinstance(courant.get("criteres"), list):
            pile.extend((enfant, profondeur + 1) for enfant in courant["criteres"])
        elif type_ not in TYPES_DE_FEUILLE or {"criteres", "critere"} & courant.keys():
            raise OperationRefusee(chemin, f"type de critère inconnu : {type_[:60]}")
