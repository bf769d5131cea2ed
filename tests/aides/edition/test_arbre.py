"""Acts on trees of criteria: nothing lost, nothing doubled, always a tree, refusals with a path."""

from __future__ import annotations

import copy
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aides.criteres.echange import (
    NOEUDS_MAXIMUM,
    PROFONDEUR_MAXIMUM,
    TYPES_DE_FEUILLE,
    ecrire,
    lire,
)
from aides.edition import arbre as edition
from aides.edition.arbre import OperationRefusee
from tests.aides.criteres.strategies import arbres

json_arbres = arbres.map(ecrire)


def vrai(fait):
    return {"type": "vrai", "fait": fait, "source": {"libelle": "Article 1"}}


A, B, C, D = (
    vrai(fait)
    for fait in ("projet_commence", "activite_recherche", "micro_entrepreneur", "tva_recuperee")
)


def tous(*criteres):
    return {"type": "tous", "criteres": list(criteres)}


def un(*criteres):
    return {"type": "un", "criteres": list(criteres)}


def non(critere):
    return {"type": "non", "critere": critere}


def bien_forme(noeud):
    """A tree, as far as its shape goes."""
    if noeud["type"] in edition.GROUPES:
        assert noeud.keys() == {"type", "criteres"} | (
            {"nombre"} if noeud["type"] == "au_moins" else set()
        )
        return all(bien_forme(enfant) for enfant in noeud["criteres"])
    if noeud["type"] == "non":
        assert noeud.keys() == {"type", "critere"}
        return bien_forme(noeud["critere"])
    return noeud["type"] in TYPES_DE_FEUILLE


def feuilles(noeud):
    return Counter(json.dumps(feuille, sort_keys=True) for _, feuille in edition.feuilles(noeud))


def tirer(data, arbre, choix=None):
    chemins = [c for c, noeud in edition.parcourir(arbre) if choix is None or choix(noeud)]
    return data.draw(st.sampled_from(chemins)) if chemins else None


#: What may be done at random, without adding or removing a leaf.
def _agencer(data, arbre):
    acte = data.draw(
        st.sampled_from(
            ("monter", "descendre", "deplacer", "grouper", "degrouper", "regler", "nier")
        )
    )
    chemin = tirer(data, arbre)
    match acte:
        case "deplacer":
            groupe = tirer(data, arbre, edition.est_groupe) or ""
            rang = data.draw(st.none() | st.integers(0, 4))
            return edition.deplacer(arbre, chemin, groupe, rang)
        case "grouper":
            autres = data.draw(st.lists(st.just(chemin) | st.sampled_from(_freres(arbre, chemin))))
            return edition.grouper(arbre, [chemin, *autres], "au_moins", 1)
        case "regler":
            return edition.regler(arbre, chemin, "un")
        case _:
            return getattr(edition, acte)(arbre, chemin)


def _freres(arbre, chemin):
    parent = chemin.rpartition("/")[0]
    return [c for c, _ in edition.parcourir(arbre) if c.rpartition("/")[0] == parent] or [chemin]


@given(json_arbres, st.data())
def test_rearranging_never_loses_nor_doubles_a_leaf(arbre, data):
    attendues = feuilles(arbre)
    for _ in range(data.draw(st.integers(1, 6))):
        avant = copy.deepcopy(arbre)
        try:
            suite, chemin = _agencer(data, arbre)
        except OperationRefusee:
            assert arbre == avant
            continue
        assert arbre == avant
        assert bien_forme(suite)
        assert feuilles(suite) == attendues
        edition.noeud_a(suite, chemin)
        arbre = suite


@given(json_arbres, st.data())
def test_taking_out_takes_what_is_below_and_nothing_else(arbre, data):
    chemin = tirer(data, arbre)
    suite, reste = edition.retirer(arbre, chemin)
    assert bien_forme(suite)
    assert feuilles(suite) == feuilles(arbre) - feuilles(edition.noeud_a(arbre, chemin))
    edition.noeud_a(suite, reste)


@given(json_arbres, st.data())
def test_adding_then_taking_out_is_nothing(arbre, data):
    groupe = tirer(data, arbre, edition.est_groupe)
    if groupe is None:
        return
    rang = data.draw(st.none() | st.integers(0, 5))
    suite, chemin = edition.ajouter(arbre, groupe, D, rang)
    assert edition.noeud_a(suite, chemin) == D
    assert feuilles(suite) == feuilles(arbre) + feuilles(D)
    assert edition.retirer(suite, chemin) == (arbre, groupe)


@given(json_arbres, st.data())
def test_denying_twice_is_nothing(arbre, data):
    chemin = tirer(data, arbre)
    suite, ici = edition.nier(arbre, chemin)
    assert lire(suite) != lire(arbre)
    if edition.noeud_a(arbre, chemin)["type"] != "non" and not chemin.endswith("critere"):
        assert edition.nier(suite, ici) == (arbre, chemin)


@given(json_arbres, st.data())
def test_a_move_goes_where_it_was_sent(arbre, data):
    chemin, groupe = tirer(data, arbre), tirer(data, arbre, edition.est_groupe)
    if groupe is None:
        return
    try:
        suite, arrivee = edition.deplacer(arbre, chemin, groupe)
    except OperationRefusee:
        assert groupe.startswith(chemin.removesuffix("/critere")) or not chemin
        return
    deplace = edition.noeud_a(suite, arrivee)
    bouge = edition.noeud_a(arbre, chemin)
    assert deplace == bouge or (deplace["type"] == "non" and bouge in _sous_les_negations(deplace))


def _sous_les_negations(noeud):
    while noeud["type"] == "non":
        noeud = noeud["critere"]
        yield noeud


@given(json_arbres)
def test_paths_are_those_of_the_exchange_format(arbre):
    for chemin, noeud in edition.parcourir(arbre):
        assert edition.ecrire_chemin(edition.lire_chemin(chemin)) == chemin
        assert edition.noeud_a(arbre, chemin) is noeud


# ------------------------------------------------------------------ one by one


def test_a_denied_criterion_is_one_line():
    arbre = tous(non(A), B)
    assert edition.descendre(arbre, "criteres/0/critere").resultat == tous(B, non(A))
    assert edition.retirer(arbre, "criteres/0/critere").resultat == tous(B)
    assert edition.nier(arbre, "criteres/0/critere").resultat == tous(A, B)
    assert edition.deplacer(tous(non(A), un(B)), "criteres/0/critere", "criteres/1") == (
        tous(un(B, non(A))),
        "criteres/0/criteres/1",
    )


def test_siblings_are_grouped_where_the_first_was():
    arbre = tous(A, B, C)
    fait = edition.grouper(arbre, ["criteres/2", "criteres/0"], "au_moins", 2)
    groupe = {"type": "au_moins", "nombre": 2, "criteres": [A, C]}
    assert fait == (tous(groupe, B), "criteres/0")
    assert edition.degrouper(fait.resultat, "criteres/0") == (tous(A, C, B), "")


def test_the_root_is_grouped_and_ungrouped():
    fait = edition.grouper(un(A, B), [""], "tous")
    assert fait == (tous(un(A, B)), "")
    assert edition.degrouper(fait.resultat, "") == (un(A, B), "")


def test_a_source_goes_to_every_leaf_of_a_group():
    suite = edition.sourcer(tous(un(A, non(B)), C), "criteres/0", "page").resultat
    citees = {chemin: feuille["source"] for chemin, feuille in edition.feuilles(suite)}
    assert citees == {
        "criteres/0/criteres/0": "page",
        "criteres/0/criteres/1/critere": "page",
        "criteres/1": {"libelle": "Article 1"},
    }
    assert "source" not in edition.sourcer(suite, "criteres/1", None).resultat["criteres"][1]


def test_a_leaf_may_be_half_filled():
    demi = {"type": "comparaison", "fait": "effectif", "valeur": "beaucoup"}
    assert edition.ajouter(tous(), "", demi) == (tous(demi), "criteres/0")


@pytest.mark.parametrize(
    ("acte", "chemin", "message"),
    [
        (lambda a: edition.ajouter(a, "criteres/0", B), "criteres/0", "pas un groupe"),
        (lambda a: edition.ajouter(a, "criteres/9", B), "criteres/9", "à cet endroit"),
        (lambda a: edition.retirer(a, "criteres/1/critere"), "criteres/1/critere", "à cet endroit"),
        (lambda a: edition.monter(a, "criteres/0"), "criteres/0", "déjà le premier"),
        (lambda a: edition.descendre(a, "criteres/1"), "criteres/1", "déjà le dernier"),
        (lambda a: edition.monter(a, ""), "", "le seul"),
        (lambda a: edition.deplacer(a, "criteres/1", "criteres/1"), "criteres/1", "lui-même"),
        (lambda a: edition.deplacer(a, "", "criteres/1"), "", "lui-même"),
        (lambda a: edition.degrouper(a, ""), "", "un seul critère"),
        (lambda a: edition.degrouper(a, "criteres/0"), "criteres/0", "pas un groupe"),
        (lambda a: edition.grouper(a, [], "un"), "", "au moins un"),
        (
            lambda a: edition.grouper(a, ["criteres/0", "criteres/1/criteres/0"], "un"),
            "criteres/1/criteres/0",
            "même groupe",
        ),
        (lambda a: edition.grouper(a, ["criteres/0"], "autre"), "", "choisissez"),
        (lambda a: edition.regler(a, "criteres/1", "au_moins"), "criteres/1/nombre", "combien"),
        (lambda a: edition.remplacer(a, "criteres/0", {"type": "x"}), "criteres/0", "inconnu : x"),
        (lambda a: edition.remplacer(a, "criteres/0", non(3)), "criteres/0", "pas un critère"),
        (lambda a: edition.noeud_a(a, "../criteres"), "../criteres", "à cet endroit"),
    ],
)
def test_each_refusal_names_its_place(acte, chemin, message):
    arbre = tous(A, un(B, C))
    avant = copy.deepcopy(arbre)
    with pytest.raises(OperationRefusee) as refus:
        acte(arbre)
    assert refus.value.chemin == chemin
    assert message in refus.value.message
    assert arbre == avant


def test_a_tree_does_not_outgrow_what_the_language_reads():
    profond = A
    for _ in range(PROFONDEUR_MAXIMUM - 1):
        profond = non(profond)
    with pytest.raises(OperationRefusee, match="niveaux"):
        edition.ajouter(tous(), "", profond)
    with pytest.raises(OperationRefusee, match="niveaux"):
        edition.grouper(profond, [""], "tous")
    large = tous(*[A] * (NOEUDS_MAXIMUM - 1))
    with pytest.raises(OperationRefusee, match="critères"):
        edition.ajouter(large, "", B)
    bombe = A
    for _ in range(100_000):
        bombe = {"type": "non", "critere": bombe}
    with pytest.raises(OperationRefusee, match="trop grand ou trop profond"):
        edition.ajouter(tous(), "", bombe)
