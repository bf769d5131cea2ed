"""Shapes of the pictures, and the round values of their axes."""

import pytest

from dossiers.instruction.graphiques import (
    HAUTEUR_BARRE,
    SOL,
    SOMMET,
    Point,
    Serie,
    barres,
    colonnes,
    en_mots,
    graduations,
)

UNE = (Serie("serie-unique", "Demandes"),)
DEUX = (Serie("serie-acceptees", "Acceptées"), Serie("serie-cours", "En cours"))


@pytest.mark.parametrize(
    ("maximum", "attendues"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (11, [0, 5, 10, 15]),
        (50, [0, 10, 20, 30, 40, 50]),
        (51, [0, 20, 40, 60]),
        (1234, [0, 500, 1000, 1500]),
    ],
)
def test_ticks_are_round_few_and_reach_the_highest(maximum, attendues):
    assert graduations(maximum) == attendues


def test_columns_are_stacked_from_the_ground_to_scale():
    dessin = colonnes("t", "d", DEUX, [Point("a", "la première", (1, 3)), Point("b", "b", (0, 0))])
    acceptees, en_cours = dessin.rectangles
    hauteur = SOL - SOMMET
    assert (acceptees.y + acceptees.hauteur, acceptees.hauteur) == (SOL, hauteur // 4)
    assert (en_cours.y, en_cours.y + en_cours.hauteur) == (SOMMET, acceptees.y)
    assert (acceptees.classe, acceptees.x) == ("serie-acceptees", en_cours.x)
    assert en_cours.titre == "la première, en cours : 3"
    assert dessin.lignes[0] == SOL
    assert dessin.lignes[-1] == SOMMET


@pytest.mark.parametrize("nombre", [1, 5, 6, 13, 52, 53])
def test_columns_stay_within_the_picture_and_few_are_named(nombre):
    points = [Point(str(rang), f"colonne {rang}", (1,)) for rang in range(nombre)]
    dessin = colonnes("t", "d", UNE, points)
    bords = [float(r.x.rstrip("%")) + float(r.largeur.rstrip("%")) for r in dessin.rectangles]
    assert len(dessin.rectangles) == nombre
    assert max(bords) <= 100
    reperes = [texte.texte for texte in dessin.textes if "repere" in texte.classe]
    assert len(reperes) == nombre if nombre <= 6 else 3 <= len(reperes) <= 4
    assert str(nombre - 1) in reperes


def test_bars_are_to_the_scale_of_the_longest():
    dessin = barres(
        "t", "d", UNE[0], [Point("a", "a", (8,)), Point("b", "b", (2,)), Point("c", "c", (0,))]
    )
    assert [r.largeur for r in dessin.rectangles if r.classe != "piste"] == ["100.00%", "25.00%"]
    assert dessin.hauteur == 3 * HAUTEUR_BARRE
    assert [t.texte for t in dessin.textes if t.classe == "valeur"] == ["8", "2", "0"]


def test_a_long_label_goes_on_under_itself():
    nom = "Communauté de communes des Cévennes gangeoises et suménoises"
    dessin = barres("t", "d", UNE[0], [Point(nom, nom, (1,)), Point("b", "b", (1,))])
    *lignes, suivante = (t for t in dessin.textes if t.classe == "nom")
    assert " ".join(ligne.texte for ligne in lignes) == nom
    assert all(len(ligne.texte) <= 32 for ligne in lignes)
    assert lignes[0].y < lignes[1].y < dessin.rectangles[0].y < suivante.y
    assert dessin.hauteur > 2 * HAUTEUR_BARRE
    assert dessin.rectangles[1].titre.startswith(nom)


def test_the_axis_says_what_it_counts():
    dessin = colonnes("t", "d", UNE, [Point("a", "a", (3,))])
    (unite,) = (t for t in dessin.textes if t.classe == "unite")
    assert unite.texte == "Nombre de demandes"
    assert unite.y < SOMMET


def test_a_picture_is_said_in_words():
    points = [Point("a", "semaine du 2 novembre 2026", (1, 1)), Point("b", "b", (5, 0))]
    assert en_mots(points, "demandes") == (
        "7 demandes. Les plus nombreuses : b : 5, semaine du 2 novembre 2026 : 2. "
        "Le tableau qui suit a tout."
    )
