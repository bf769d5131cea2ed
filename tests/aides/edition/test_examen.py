"""What a draft says and lacks: every node in its place, as far as it can be read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from aides.criteres.echange import ecrire
from aides.edition.arbre import feuilles, parcourir, remplacer
from aides.edition.examen import examiner, remarques_du_controle
from aides.edition.lecture import lire_brouillon
from tests.aides.criteres.strategies import arbres
from tests.aides.exemples import aide

COMMENCE = {"type": "vrai", "fait": "projet_commence", "source": "page"}
RECHERCHE = {"type": "vrai", "fait": "activite_recherche", "source": "page"}
DEMI = {"type": "comparaison", "fait": "effectif", "operateur": "<", "source": "page"}


def tous(*criteres):
    return {"type": "tous", "criteres": list(criteres)}


def un(*criteres):
    return {"type": "un", "criteres": list(criteres)}


def noeuds(examine):
    yield examine
    for enfant in examine.enfants:
        yield from noeuds(enfant)


# ------------------------------------------------------------------ reading (no database)


@given(arbres)
def test_a_finished_tree_is_read_as_the_language_reads_it(arbre):
    lu = lire_brouillon(ecrire(arbre), "criteres", {})
    assert lu.critere == arbre
    assert list(lu.lisibles()) == [("criteres", arbre)]
    chemins = [chemin for chemin, _ in parcourir(ecrire(arbre), "criteres")]
    assert [ici.chemin for ici in lu.parcourir()] == chemins


@given(arbres.map(ecrire), st.data())
def test_one_unfinished_leaf_leaves_all_the_others_readable(arbre, data):
    chemin = data.draw(st.sampled_from([chemin for chemin, _ in feuilles(arbre)]))
    casse = remplacer(arbre, chemin, {"type": "vrai"}).resultat
    lu = lire_brouillon(casse, "", {})
    assert lu.critere is None
    assert {ici.chemin for ici in lu.parcourir() if ici.defauts} == {chemin}
    illisibles = {ici.chemin for ici in lu.parcourir() if ici.critere is None}
    assert illisibles == {ici for ici, _ in parcourir(casse) if f"{chemin}/".startswith(f"{ici}/")
                          or ici == ""}  # fmt: skip


# ------------------------------------------------------------------ the whole draft


@pytest.fixture
def fiche(region):
    def fiche(*criteres, **changements):
        return examiner(aide(criteres=tous(*criteres), **changements))

    return fiche


@pytest.mark.django_db
def test_each_node_has_its_sentence_denied_below_a_negation(fiche):
    examen = fiche(COMMENCE, {"type": "non", "critere": un(COMMENCE, RECHERCHE)})
    affirme, negation = examen.arbre.enfants
    (groupe,) = negation.enfants
    assert examen.arbre.texte == "Toutes les conditions suivantes"
    assert examen.arbre.liaison == "et"
    assert (negation.est_negation, negation.texte) == (True, "")
    # Not "one of them" is "every contrary".
    assert (groupe.texte, groupe.liaison) == ("Toutes les conditions suivantes", "et")
    assert affirme.texte == "Le projet est déjà engagé (devis signé, commande ou travaux)"
    assert groupe.enfants[0].texte.startswith("Le projet n’est pas encore engagé")
    assert affirme.source.libelle == "Région fictive, page de la prime"
    assert examen.remarques == ()
    assert examen.version.titre == "Prime fictive aux ateliers"


@pytest.mark.django_db
def test_a_half_filled_leaf_has_no_sentence_and_the_others_keep_theirs(fiche):
    examen = fiche(COMMENCE, DEMI, un())
    entier, demi, vide = examen.arbre.enfants
    assert entier.texte
    assert (demi.texte, demi.noeud) == ("", DEMI)
    assert [(r.chemin, r.message) for r in demi.remarques] == [
        ("criteres/criteres/1/valeur", "à remplir")
    ]
    assert [r.chemin for r in vide.remarques] == ["criteres/criteres/2"]
    assert (examen.critere, examen.version) == (None, None)
    assert len(examen.bloquantes) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("critere", "suite", "mots"),
    [
        ({"type": "au_moins", "nombre": 3, "criteres": [COMMENCE, RECHERCHE]}, "/nombre", "1 à 2"),
        ({"type": "au_moins", "criteres": [COMMENCE]}, "/nombre", "1 à 1"),
        ({**COMMENCE, "source": "ailleurs"}, "/source", "source inconnue"),
        (
            {"type": "situe", "fait": "commune_projet", "perimetre": "COM-99999", "source": "page"},
            "/perimetre",
            "lieu inconnu : COM-99999",
        ),
        (
            {"type": "en_zone", "fait": "commune_projet", "zone": "ARF", "source": "page"},
            "/zone",
            "zone inconnue : ARF",
        ),
        (un(COMMENCE, {"type": "non", "critere": COMMENCE}), "", "toujours vraie"),
    ],
)
def test_each_fault_is_beside_its_node(fiche, critere, suite, mots):
    examen = fiche(RECHERCHE, critere)
    (remarque,) = examen.remarques
    assert remarque.chemin == f"criteres/criteres/1{suite}"
    assert mots in remarque.message
    assert remarque.bloquante
    assert examen.arbre.enfants[1].remarques == (remarque,)


@pytest.mark.django_db
def test_a_zone_that_is_not_loaded_is_only_said(fiche):
    zone = {"type": "en_zone", "fait": "commune_projet", "zone": "AFR", "source": "page"}
    (remarque,) = fiche(RECHERCHE, zone).remarques
    assert (remarque.bloquante, remarque.chemin) == (False, "criteres/criteres/1/zone")


@pytest.mark.django_db
def test_fields_and_amounts_have_their_faults_too(fiche):
    examen = fiche(
        COMMENCE, titre=None, cloture="2020-01-01", porteurs=None,
        montants__0__si=DEMI, montants__1__taux="2",
    )  # fmt: skip
    assert [r.message for r in examen.sous("titre")] == ["à remplir"]
    assert [r.message for r in examen.sous("porteurs")] == ["à remplir"]
    assert [r.chemin for r in examen.sous("montants/1")] == ["montants/1/taux"]
    assert [r.chemin for r in examen.sous("montants/0")] == ["montants/0/si/valeur"]
    assert examen.conditions[0].remarques == tuple(examen.sous("montants/0"))
    assert examen.sous("cloture") == []
    # What only the whole can say comes once the rest is right.
    (dates,) = fiche(COMMENCE, cloture="2020-01-01").bloquantes
    assert dates.chemin == "cloture"


@pytest.mark.django_db
def test_an_examination_costs_the_same_whatever_the_number_of_criteria(fiche):
    couts = []
    for nombre in (1, 12):
        lieux = [
            {"type": "situe", "fait": "commune_projet", "perimetre": f"DEP-{31 + rang}",
             "source": "page"}
            for rang in range(nombre)
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as requetes:
            fiche(un(*lieux))
        couts.append(len(requetes))
    assert couts[0] == couts[1] <= 14


@pytest.mark.django_db
def test_the_check_of_the_catalogue_says_what_blocks_first(region):
    document = aide(criteres=tous(COMMENCE, DEMI | {"valeur": "10"}), verifie_le=None)
    remarques = remarques_du_controle(document)
    assert [r.bloquante for r in remarques] == sorted(
        (r.bloquante for r in remarques), reverse=True
    )
    assert any("quand la source a été relue" in r.message for r in remarques)
    assert all(r.faire for r in remarques)
