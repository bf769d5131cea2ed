"""Acts on the whole document: paths of the aide, sources and amounts."""

from __future__ import annotations

import copy

import pytest

from aides.edition.arbre import OperationRefusee
from aides.edition.operations import (
    LIBELLES,
    Ajouter,
    Champs,
    DefinirSource,
    Deplacer,
    Grouper,
    Montant,
    Nier,
    Operation,
    Retirer,
    RetirerMontant,
    appliquer,
)
from tests.aides.exemples import aide

MICRO = {"type": "vrai", "fait": "micro_entrepreneur", "source": "page"}


def test_every_act_has_its_name():
    assert set(LIBELLES) == set(Operation.__args__)


def test_the_condition_of_an_amount_is_a_tree_too():
    avant = aide()
    fait = appliquer(avant, Ajouter("montants/1/si", MICRO))
    assert fait.chemin == "montants/1/si/criteres/0"
    assert fait.resultat["montants"][1]["si"] == {"type": "tous", "criteres": [MICRO]}
    assert appliquer(fait.resultat, Retirer(fait.chemin)).resultat == avant
    nie = appliquer(avant, Nier("montants/0/si"))
    assert nie.resultat["montants"][0]["si"]["type"] == "non"
    assert appliquer(nie.resultat, Nier("montants/0/si/critere")).resultat == avant


def test_an_empty_field_leaves_no_key():
    fait = appliquer(aide(), Champs({"promesse": "", "cloture": "", "titre": "Autre"}))
    assert fait.resultat == aide(promesse=None, cloture=None, titre="Autre")
    assert fait.chemin == "promesse"


def test_an_amount_keeps_its_condition():
    fait = appliquer(aide(), Montant(0, {"forme": "prime", "forfait": "500.00", "source": "page"}))
    assert fait.resultat["montants"][0] == {
        "forme": "prime",
        "forfait": "500.00",
        "source": "page",
        "si": aide()["montants"][0]["si"],
    }
    nouveau = appliquer(aide(), Montant(None, {"forme": "prime", "taux": ""}))
    assert (nouveau.chemin, nouveau.resultat["montants"][2]) == ("montants/2", {"forme": "prime"})
    assert appliquer(nouveau.resultat, RetirerMontant(2)).resultat == aide()


def test_a_source_that_is_cited_is_not_removed():
    with pytest.raises(OperationRefusee, match="citée") as refus:
        appliquer(aide(), DefinirSource("page", None))
    assert refus.value.chemin == "sources/page"
    ajoutee = appliquer(aide(), DefinirSource("avis", {"libelle": "Avis", "url": ""}))
    assert ajoutee.resultat["sources"]["avis"] == {"libelle": "Avis"}
    assert appliquer(ajoutee.resultat, DefinirSource("avis", None)).resultat == aide()


@pytest.mark.parametrize(
    ("operation", "chemin"),
    [
        (Champs({"code": "autre"}), "code"),
        (Champs({"identifiant": "autre"}), "identifiant"),
        (Champs({"criteres": {}}), "criteres"),
        (Champs({"inconnue": "x"}), "inconnue"),
        (Montant(0, {"si": MICRO}), "si"),
        (Montant(7, {"forme": "prime"}), "montants"),
        (RetirerMontant(-1), "montants"),
        (DefinirSource("a/b", {"libelle": "x"}), "sources"),
        (Retirer("montants/1/si"), "montants/1/si"),
        (Retirer("montants/x/si"), "montants"),
        (Retirer("titre"), "titre"),
        (Retirer(""), ""),
        (Retirer("criteres/criteres/40"), "criteres/criteres/40"),
        (Deplacer("criteres/criteres/0", "montants/0/si"), "montants/0/si"),
        (Grouper(("criteres/criteres/0", "montants/0/si"), "un"), "montants/0/si"),
    ],
)
def test_what_is_refused_changes_nothing(operation, chemin):
    document = aide()
    avant = copy.deepcopy(document)
    with pytest.raises(OperationRefusee) as refus:
        appliquer(document, operation)
    assert refus.value.chemin == chemin
    assert document == avant
