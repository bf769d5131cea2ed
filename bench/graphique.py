"""Cost against size as a picture: panels with logarithmic axes, SVG written by hand.

Readable in light and in dark (the picture follows the reader's system), in black and white (each
curve has its mark), and by a screen reader (title and description).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

LARGEUR, HAUT_PANNEAU = 720, 330
#: The plot inside its panel: left, top, width, height.
GAUCHE, HAUT, LARGE, HAUTEUR = 76, 56, 404, 214
INTERLIGNE = 21

#: Each hue in light and in dark; the first is ours.
COULEURS = (
    ("#0a5c62", "#79cfc9"),
    ("#9a3412", "#f0a878"),
    ("#5b3aa6", "#c3b0f5"),
    ("#1c4a90", "#a3c4f7"),
    ("#6b5b00", "#d9c865"),
)
#: The marks, as paths around the point.
MARQUES = (
    "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "m-5-5h10v10h-10z",
    "m0-6 6 11h-12z",
    "m0-6 6 6-6 6-6-6z",
    "m-5-5 10 10m0-10-10 10",
)


@dataclass(frozen=True, slots=True)
class Courbe:
    """Points (size, milliseconds) under one name; `pleine` for ours, drawn thick."""

    nom: str
    points: tuple[tuple[float, float], ...]
    pleine: bool = False


@dataclass(frozen=True, slots=True)
class Panneau:
    """Curves that share their axes; `abscisse` names the sizes."""

    titre: str
    abscisse: str
    courbes: Sequence[Courbe]


@dataclass(frozen=True, slots=True)
class _Echelle:
    """Values from `debut` to `fin`, powers of ten, on `longueur` units."""

    debut: float
    fin: float
    longueur: float

    def place(self, valeur: float) -> float:
        return (log10(valeur) - self.debut) / (self.fin - self.debut) * self.longueur

    def dizaines(self) -> range:
        return range(ceil(self.debut), floor(self.fin) + 1)


def svg(panneaux: Sequence[Panneau], titre: str, description: str) -> str:
    """The whole picture, one panel under the other."""
    hauteur = HAUT_PANNEAU * len(panneaux)
    corps = "\n".join(
        f'<g transform="translate(0 {rang * HAUT_PANNEAU})">\n{_panneau(panneau)}\n</g>'
        for rang, panneau in enumerate(panneaux)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LARGEUR} {hauteur}" '
        f'width="{LARGEUR}" height="{hauteur}" role="img" aria-labelledby="t d">\n'
        f'<title id="t">{escape(titre)}</title>\n<desc id="d">{escape(description)}</desc>\n'
        f"<style>{_style()}</style>\n"
        f'<rect class="fond" width="{LARGEUR}" height="{hauteur}"/>\n{corps}\n</svg>\n'
    )


def _style() -> str:
    clair = _couleurs(0, "#ffffff", "#15242b", "#4a5962", "#d5dddb")
    sombre = _couleurs(1, "#0f1517", "#e9eeee", "#abb8bb", "#2f3d41")
    return (
        "text{font:15px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}"
        ".titre{font-weight:600;font-size:17px}.fin{text-anchor:end}.milieu{text-anchor:middle}"
        ".courbe{fill:none;stroke-width:2}.pleine{stroke-width:4}.grille{stroke-width:1}"
        f"{clair}@media(prefers-color-scheme:dark){{{sombre}}}"
    )


def _couleurs(mode: int, fond: str, encre: str, douce: str, trait: str) -> str:
    regles = "".join(
        f".c{rang}{{stroke:{couple[mode]}}}.t{rang}{{fill:{couple[mode]}}}"
        for rang, couple in enumerate(COULEURS)
    )
    return (
        f".fond{{fill:{fond}}}.encre{{fill:{encre}}}.douce{{fill:{douce}}}"
        f".grille{{stroke:{trait}}}{regles}"
    )


def _panneau(panneau: Panneau) -> str:
    tailles = [taille for courbe in panneau.courbes for taille, _ in courbe.points]
    durees = [duree for courbe in panneau.courbes for _, duree in courbe.points]
    x = _Echelle(log10(min(tailles)), log10(max(tailles)), LARGE)
    y = _Echelle(floor(log10(min(durees))), ceil(log10(max(durees))), HAUTEUR)
    traits = [*_axes(x, y, sorted(set(tailles)))]
    for rang, courbe in enumerate(panneau.courbes):
        traits += _courbe(courbe, rang % len(COULEURS), x, y)
    traits += _legendes(panneau.courbes, y)
    titre = f'<text class="titre encre" x="16" y="30">{escape(panneau.titre)}</text>'
    bas = HAUT + HAUTEUR + 46
    legende = (
        f'<text class="douce milieu" x="{GAUCHE + LARGE / 2}" y="{bas}">'
        f"{escape(panneau.abscisse)}</text>"
    )
    return "\n".join((titre, *traits, legende))


def _axes(x: _Echelle, y: _Echelle, tailles: Sequence[float]) -> Iterator[str]:
    for dizaine in y.dizaines():
        haut = _haut(y, 10.0**dizaine)
        yield f'<path class="grille" d="M{GAUCHE} {haut}h{LARGE}"/>'
        yield f'<text class="douce fin" x="{GAUCHE - 8}" y="{haut + 5}">{_duree(dizaine)}</text>'
    for taille in tailles:
        yield (
            f'<text class="douce milieu" x="{_gauche(x, taille)}" y="{HAUT + HAUTEUR + 24}">'
            f"{_taille(taille)}</text>"
        )


def _courbe(courbe: Courbe, rang: int, x: _Echelle, y: _Echelle) -> Iterator[str]:
    points = [(_gauche(x, taille), _haut(y, duree)) for taille, duree in courbe.points]
    pleine = " pleine" if courbe.pleine else ""
    chemin = "L".join(f"{gauche} {haut}" for gauche, haut in points)
    yield f'<path class="courbe{pleine} c{rang}" d="M{chemin}"/>'
    marques = "".join(f"M{gauche} {haut}{MARQUES[rang]}" for gauche, haut in points)
    yield f'<path class="t{rang} c{rang}" d="{marques}"/>'


def _legendes(courbes: Sequence[Courbe], y: _Echelle) -> Iterator[str]:
    """The name of each curve at its end, moved down where two would touch."""
    fins = sorted(
        (_haut(y, courbe.points[-1][1]), rang, courbe) for rang, courbe in enumerate(courbes)
    )
    plus_bas = 0.0
    for haut, rang, courbe in fins:
        plus_bas = max(haut + 5, plus_bas + INTERLIGNE)
        gras = " titre" if courbe.pleine else ""
        yield (
            f'<text class="t{rang % len(COULEURS)}{gras}" x="{GAUCHE + LARGE + 14}" '
            f'y="{plus_bas:.1f}">{escape(courbe.nom)}</text>'
        )


def _gauche(x: _Echelle, taille: float) -> float:
    return round(GAUCHE + x.place(taille), 1)


def _haut(y: _Echelle, duree: float) -> float:
    return round(HAUT + HAUTEUR - y.place(duree), 1)


def _duree(dizaine: int) -> str:
    if dizaine < 0:
        return f"{10 ** (dizaine + 3)} µs"
    return f"{10**dizaine} ms" if dizaine < 3 else f"{10 ** (dizaine - 3)} s"


def _taille(taille: float) -> str:
    return f"{taille:,.0f}"
