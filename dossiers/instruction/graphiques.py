"""Pictures drawn on the server: columns and bars, as shapes that one template writes as SVG.

Lengths across are percentages and lengths down are pixels, without a viewBox: a picture takes
the width of the page while its letters keep the size of the text, on a phone too. Shapes carry
classes, never styles; series differ by a pattern as well as by a colour (templates/instruction/
_motifs.html, static/instruction/tableau-de-bord.css).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from textwrap import wrap

#: Part of the width left to the labels of the axis, in percent.
MARGE = 9.0
#: Pixels: the ground and the top of the columns, their picture, one bar and its label.
SOL, SOMMET, HAUTEUR_COLONNES = 206, 30, 232
HAUTEUR_BARRE, INTERLIGNE = 46, 16
#: Part of its step that a column fills.
PLEIN = 0.74
#: Columns that can all be named; beyond, that many are.
TOUTES_NOMMEES, LIBELLES_MAXIMUM = 6, 4
GRADUATIONS_MAXIMUM = 5
#: Letters of a label that fit beside its number on the narrowest phone.
LETTRES = 32


@dataclass(frozen=True, slots=True)
class Serie:
    """One kind of thing that is counted; `classe` gives its colour and its pattern."""

    classe: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Point:
    """One column or bar: its short label, its full name, one count for each series."""

    libelle: str
    nom: str
    valeurs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rectangle:
    x: str
    y: int
    largeur: str
    hauteur: int
    classe: str
    titre: str = ""


@dataclass(frozen=True, slots=True)
class Texte:
    x: str
    y: int
    texte: str
    classe: str


@dataclass(frozen=True, slots=True)
class Dessin:
    """A picture, its shapes in the order they are painted; `description` says it in words."""

    titre: str
    description: str
    hauteur: int
    rectangles: tuple[Rectangle, ...]
    textes: tuple[Texte, ...]
    #: Heights of the horizontal lines.
    lignes: tuple[int, ...] = ()


def graduations(maximum: int) -> list[int]:
    """Round values from 0 to `maximum` or just above: steps of 1, 2 or 5 times a power of ten."""
    pas = next(
        chiffre * 10**rang
        for rang in count()
        for chiffre in (1, 2, 5)
        if chiffre * 10**rang * GRADUATIONS_MAXIMUM >= maximum
    )
    dernier = max(-(-maximum // pas), 1)
    return [pas * rang for rang in range(dernier + 1)]


def colonnes(
    titre: str,
    description: str,
    series: Sequence[Serie],
    points: Sequence[Point],
    unite: str = "Nombre de demandes",
) -> Dessin:
    """Columns side by side, each the stack of its series from the ground up. `unite`: what the
    axis counts, written above it."""
    valeurs = graduations(max(sum(point.valeurs) for point in points))
    pas = (100 - MARGE) / len(points)
    hauteurs = {v: SOL - round((SOL - SOMMET) * v / valeurs[-1]) for v in valeurs}
    rectangles: list[Rectangle] = []
    textes = _axe(hauteurs, unite)
    nommees = _nommees(len(points))
    for rang, point in enumerate(points):
        x = MARGE + pas * (rang + (1 - PLEIN) / 2)
        cumul = 0
        for serie, valeur in zip(series, point.valeurs, strict=True):
            bas, haut = (
                SOL - round((SOL - SOMMET) * v / valeurs[-1]) for v in (cumul, cumul + valeur)
            )
            cumul += valeur
            if valeur:
                nom = f"{point.nom}, {serie.libelle.lower()} : {_nombre(valeur)}"
                rectangles.append(
                    Rectangle(_pct(x), haut, _pct(pas * PLEIN), bas - haut, serie.classe, nom)
                )
        if rang in nommees:
            textes.append(_repere(point.libelle, rang, len(points)))
    return Dessin(
        titre,
        description,
        HAUTEUR_COLONNES,
        tuple(rectangles),
        tuple(textes),
        tuple(hauteurs.values()),
    )


def _axe(hauteurs: Mapping[int, int], unite: str) -> list[Texte]:
    """The values of the axis at their heights, and above them what they count."""
    reperes = [
        Texte(_pct(MARGE - 1), y + 4, _nombre(valeur), "graduation")
        for valeur, y in hauteurs.items()
    ]
    return [*reperes, Texte("0%", 12, unite, "unite")]


def barres(titre: str, description: str, serie: Serie, points: Sequence[Point]) -> Dessin:
    """Bars one under the other, each under its label and its number."""
    plus_grande = max(1, *(sum(point.valeurs) for point in points))
    rectangles: list[Rectangle] = []
    textes: list[Texte] = []
    haut = 0
    for point in points:
        valeur = sum(point.valeurs)
        textes.append(Texte("100%", haut + 16, _nombre(valeur), "valeur"))
        lignes = wrap(point.libelle, LETTRES)
        for rang, ligne in enumerate(lignes):
            textes.append(Texte("0%", haut + 16 + rang * INTERLIGNE, ligne, "nom"))
        haut += (len(lignes) - 1) * INTERLIGNE
        rectangles.append(Rectangle("0%", haut + 23, "100%", 12, "piste"))
        if valeur:
            largeur = _pct(100 * valeur / plus_grande)
            nom = f"{point.nom} : {_nombre(valeur)}"
            rectangles.append(Rectangle("0%", haut + 23, largeur, 12, serie.classe, nom))
        haut += HAUTEUR_BARRE
    return Dessin(titre, description, haut, tuple(rectangles), tuple(textes))


def _repere(libelle: str, rang: int, nombre: int) -> Texte:
    """The name under a column; that of a last narrow one ends where the picture does."""
    if rang == nombre - 1 and nombre > TOUTES_NOMMEES:
        return Texte("100%", HAUTEUR_COLONNES - 5, libelle, "repere repere-fin")
    milieu = MARGE + (100 - MARGE) / nombre * (rang + 0.5)
    return Texte(_pct(milieu), HAUTEUR_COLONNES - 5, libelle, "repere")


def _nommees(nombre: int) -> frozenset[int]:
    """The ranks whose column is named: few enough to be read, evenly apart, the last one too."""
    saut = 1 if nombre <= TOUTES_NOMMEES else -(-nombre // LIBELLES_MAXIMUM)
    return frozenset(range(nombre - 1, -1, -saut))


def _pct(valeur: float) -> str:
    return f"{valeur:.2f}%"


def _nombre(valeur: int) -> str:
    return f"{valeur:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def en_mots(points: Iterable[Point], pluriel: str) -> str:
    """What a picture shows, for who does not see it: its total and its highest points."""
    comptes = [(sum(point.valeurs), point.nom) for point in points]
    hauts = sorted((c for c in comptes if c[0]), key=lambda compte: -compte[0])[:3]
    detail = ", ".join(f"{nom} : {_nombre(valeur)}" for valeur, nom in hauts)
    total = _nombre(sum(valeur for valeur, _ in comptes))
    return f"{total} {pluriel}. Les plus nombreuses : {detail}. Le tableau qui suit a tout."
