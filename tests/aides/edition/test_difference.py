"""What changed between two documents: said once, in French, nothing else."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aides.criteres.echange import ecrire
from aides.edition.arbre import deplacer, feuilles, grouper, nier
from aides.edition.changements import Genre
from aides.edition.comparaison import cle, comparer
from aides.edition.difference import difference
from aides.edition.mots import Mots, Page
from aides.noms import Noms
from tests.aides.criteres.strategies import arbres
from tests.aides.exemples import aide

MOTS = Mots(
    Noms({"REG-76": "Occitanie", "DEP-64": "Pyrénées-Atlantiques"}, {}),
    {"region-fictive": "Région fictive"},
)
PAGE = Page.de({}, MOTS)


def vrai(fait, source="Article 1"):
    return {"type": "vrai", "fait": fait, "source": {"libelle": source}}


def tous(*criteres):
    return {"type": "tous", "criteres": list(criteres)}


def un(*criteres):
    return {"type": "un", "criteres": list(criteres)}


def effectif(valeur, source="Article 1"):
    return {"type": "comparaison", "fait": "effectif", "operateur": "<", "valeur": valeur,
            "source": {"libelle": source}}  # fmt: skip


EN_DESSOUS = "L’effectif reste en dessous de {}\N{NO-BREAK SPACE}emplois"
COMMENCE, RECHERCHE = vrai("projet_commence"), vrai("activite_recherche")


def ecarts(avant, apres):
    return comparer(avant, apres, PAGE, PAGE, rubrique="Critères", chemin="criteres")


def resume(avant, apres):
    return [(c.genre.value, c.avant, c.apres) for c in ecarts(avant, apres)]


def test_a_threshold_that_changed_is_one_change():
    assert resume(tous(effectif("250"), COMMENCE), tous(effectif("50"), COMMENCE)) == [
        ("modifie", EN_DESSOUS.format(250),
         EN_DESSOUS.format(50))
    ]  # fmt: skip


def test_a_source_that_changed_is_said():
    (change,) = ecarts(tous(effectif("250")), tous(effectif("250", "Article 2")))
    assert change.avant == change.apres
    assert (change.source_avant, change.source_apres) == ("Article 1", "Article 2")
    assert change.chemin == "criteres/criteres/0"


def test_what_came_and_what_left():
    assert resume(tous(COMMENCE), tous(RECHERCHE)) == [
        ("retire", PAGE.texte(COMMENCE, True), ""),
        ("ajoute", "", PAGE.texte(RECHERCHE, True)),
    ]


def test_a_criterion_denied_is_one_change():
    apres = tous({"type": "non", "critere": COMMENCE})
    assert resume(tous(COMMENCE), apres) == [
        ("modifie", PAGE.texte(COMMENCE, True), PAGE.texte(COMMENCE, False))
    ]


def test_a_group_that_asks_for_another_number():
    assert resume(tous(un(COMMENCE, RECHERCHE)), tous(tous(COMMENCE, RECHERCHE))) == [
        ("modifie", "L’une au moins des conditions suivantes", "Toutes les conditions suivantes")
    ]


def test_criteria_grouped_have_moved_into_a_group_that_came():
    avant = tous(COMMENCE, RECHERCHE, effectif("250"))
    apres = grouper(avant, ["criteres/0", "criteres/1"], "un").resultat
    genres = [(c.genre, c.avant) for c in ecarts(avant, apres)]
    assert genres == [
        (Genre.DEPLACE, PAGE.texte(COMMENCE, True)),
        (Genre.DEPLACE, PAGE.texte(RECHERCHE, True)),
        (Genre.AJOUTE, ""),
    ]
    retour = [(c.genre, c.avant) for c in ecarts(apres, avant)]
    assert retour[1:] == genres[:2]
    assert retour[0][0] is Genre.RETIRE


def test_a_criterion_moved_from_one_group_to_another_is_said_once():
    avant = tous(un(COMMENCE, effectif("250")), un(RECHERCHE, vrai("micro_entrepreneur")))
    apres = deplacer(avant, "criteres/0/criteres/0", "criteres/1").resultat
    (change,) = ecarts(avant, apres)
    assert change.genre is Genre.DEPLACE
    assert change.apres == "L’une au moins des conditions suivantes"
    assert change.chemin == "criteres/criteres/1/criteres/2"


def test_unfinished_criteria_are_compared_too():
    vide = {"type": "comparaison", "fait": "effectif", "operateur": "<"}
    assert resume(tous(vide), tous(effectif("50"))) == [
        ("modifie", "critère incomplet", EN_DESSOUS.format(50))
    ]


def melanger(noeud, hasard):
    """The same tree, groups and lists of codes in another order."""
    if "criteres" in noeud:
        criteres = [melanger(enfant, hasard) for enfant in noeud["criteres"]]
        return {**noeud, "criteres": hasard.sample(criteres, len(criteres))}
    if "critere" in noeud:
        return {**noeud, "critere": melanger(noeud["critere"], hasard)}
    return {c: v[::-1] if isinstance(v, list) else v for c, v in noeud.items()}


@given(arbres.map(ecrire), st.randoms())
def test_order_is_no_difference(arbre, hasard):
    assert ecarts(arbre, melanger(arbre, hasard)) == ()


@given(arbres.map(ecrire), arbres.map(ecrire))
def test_trees_that_say_something_else_differ(avant, apres):
    memes = cle(tous(avant) if avant["type"] != "tous" else avant, PAGE) == cle(
        tous(apres) if apres["type"] != "tous" else apres, PAGE
    )
    assert (ecarts(avant, apres) == ()) is memes
    for change in ecarts(avant, apres):
        assert change.avant or change.apres


@given(arbres.map(ecrire), st.data())
def test_one_criterion_denied_is_one_change_or_a_group_for_another(arbre, data):
    chemins = [chemin for chemin, _ in feuilles(arbre)]
    apres = nier(arbre, data.draw(st.sampled_from(chemins))).resultat
    assert 1 <= len(ecarts(arbre, apres)) <= 2


# ------------------------------------------------------------------ the whole aide


def champs(**changements):
    avant = aide()
    apres = aide(**changements)
    return [
        (c.rubrique, c.genre.value, c.avant, c.apres) for c in difference(avant, apres, MOTS).champs
    ]


@pytest.mark.parametrize(
    ("changements", "attendu"),
    [
        ({"titre": "Nouveau"}, ("Titre", "modifie", "Prime fictive aux ateliers", "Nouveau")),
        ({"nature": "export"}, ("Nature", "modifie", "Immobilier d’entreprise", "International")),
        ({"statut": "close"}, ("Statut", "modifie", "En vigueur", "Close")),
        ({"cloture": "2027-03-01"}, ("Clôture", "modifie", "31 décembre 2027", "1er mars 2027")),
        ({"cloture": None}, ("Clôture", "retire", "31 décembre 2027", "")),
        ({"perimetre": "REG-76"}, ("Périmètre", "retire", "Pyrénées-Atlantiques", "")),
        (
            {"porteurs__0__roles": ["financeur"]},
            (
                "Porteurs",
                "modifie",
                "Région fictive : diffuseur, financeur",
                "Région fictive : financeur",
            ),
        ),
    ],
)
def test_each_field_that_changed_is_said(changements, attendu):
    assert champs(**changements) == [attendu]


def test_an_amount_is_said_as_the_page_says_it():
    ((rubrique, genre, avant, apres),) = champs(montants__0__taux="0.25")
    assert (rubrique, genre) == ("Montants", "modifie")
    assert avant.replace("20", "25") == apres


def test_a_source_is_said_once_and_not_by_all_that_cite_it():
    ((rubrique, genre, avant, apres),) = champs(sources__page__date="2026-11-02")
    assert (rubrique, genre) == ("Sources", "modifie")
    assert avant.replace("1er", "2") == apres
    assert difference(aide(), aide(sources__page__date="2026-11-02"), MOTS).criteres == ()


def test_the_condition_of_an_amount_is_among_the_criteria():
    apres = aide(montants__0__si__maximum="micro")
    change = difference(aide(), apres, MOTS)
    assert [c.rubrique for c in change.criteres] == ["Condition du montant « Petites entreprises »"]
    assert change.champs == ()


def test_a_new_aide_is_all_additions():
    tout = difference(None, aide(), MOTS)
    assert {c.genre for c in (*tout.criteres, *tout.champs)} == {Genre.AJOUTE}
    assert len(tout.criteres) == len(aide()["criteres"]["criteres"]) + 1


def test_the_same_document_makes_no_difference():
    assert not difference(aide(), copy.deepcopy(aide()), MOTS)
