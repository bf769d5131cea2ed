"""Each portal's colours can be read, in both modes; each is chosen by setting or by host."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from portal.services_embarques.chemins import PROJET
from portal.socle.themes import THEMES, lire_hotes, theme_courant, verifier_reglages

STATIQUES = PROJET / "static"
COULEUR = re.compile(
    r"--([a-z0-9-]+): var\(--clair, (#[0-9a-f]{6})\) var\(--sombre, (#[0-9a-f]{6})\);"
)
FONDS = ("fond", "surface", "surface-2")
TONS = ("oui", "reserve", "demande", "neutre", "non")
#: Text and what it is written on: 4.5 at least (WCAG 2.2, 1.4.3).
TEXTES = [
    *(("encre", fond) for fond in (*FONDS, "accent-pale", *(f"{ton}-fond" for ton in TONS))),
    *(("encre-douce", fond) for fond in (*FONDS, "accent-pale", "neutre-fond")),
    *((lien, fond) for lien in ("accent", "accent-fort") for fond in (*FONDS, "accent-pale")),
    *((ton, fond) for ton in TONS for fond in (*FONDS, f"{ton}-fond")),
    *(("sur-accent", fond) for fond in ("accent", "accent-fort")),
    *((texte, fond) for texte in ("sur-tete", "sur-tete-doux") for fond in ("tete", "tete-2")),
    ("tete", "sur-tete"),
]
#: Edges of fields, focus, marks: 3 at least (1.4.11).
TRAITS = [
    *(("trait-fort", fond) for fond in (*FONDS, "neutre-fond")),
    *(("focus", fond) for fond in (*FONDS, "accent-pale")),
    *(("accent", fond) for fond in (*FONDS, "neutre-fond")),
    ("sur-tete", "tete"),
    ("lisere", "tete"),
]
MODES = ("clair", "sombre")


def couleurs(code: str, mode: str) -> dict[str, str]:
    """Return the variables of a theme in one mode, those of the neutral theme underneath."""
    feuilles = ["portail/theme.css", *filter(None, [THEMES[code].css])]
    return {
        nom: clair if mode == "clair" else sombre
        for feuille in feuilles
        for nom, clair, sombre in COULEUR.findall((STATIQUES / feuille).read_text())
    }


def luminance(couleur: str) -> float:
    composantes = [int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    rouge, vert, bleu = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in composantes
    )
    return 0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu


def contraste(une: str, autre: str) -> float:
    fonce, clair = sorted((luminance(une), luminance(autre)))
    return (clair + 0.05) / (fonce + 0.05)


def test_the_formula_is_that_of_wcag():
    assert contraste("#000000", "#ffffff") == pytest.approx(21)
    assert contraste("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("code", THEMES)
def test_everything_can_be_read(code, mode):
    palette = couleurs(code, mode)
    trop_peu = [
        f"{texte} sur {fond} : {mesure:.2f} < {seuil}"
        for paires, seuil in ((TEXTES, 4.5), (TRAITS, 3))
        for texte, fond in paires
        if (mesure := contraste(palette[texte], palette[fond])) < seuil
    ]
    assert trop_peu == []


@pytest.mark.parametrize("code", [code for code, theme in THEMES.items() if theme.css])
def test_a_theme_file_holds_colours_of_known_names_and_nothing_else(code):
    feuille = (STATIQUES / THEMES[code].css).read_text()
    connues = {nom for nom, _, _ in COULEUR.findall((STATIQUES / "portail/theme.css").read_text())}
    siennes = [nom for nom, _, _ in COULEUR.findall(feuille)]
    assert set(siennes) <= connues
    assert len(siennes) == len(set(siennes)) == feuille.count("--clair,")
    reste = COULEUR.sub("", re.sub(r"/\*.*?\*/", "", feuille, flags=re.DOTALL))
    assert re.fullmatch(r"\s*:root,\s*\[data-bs-theme\] \{\s*\}\s*", reste)


@pytest.mark.parametrize("code", THEMES)
def test_the_bars_of_a_phone_have_the_colour_of_the_header(code):
    assert THEMES[code].couleur == couleurs(code, "clair")["tete"]


def test_the_host_chooses_and_the_setting_otherwise(settings):
    settings.THEME = "occitanie"
    settings.THEMES_PAR_HOTE = "aides.lauragais.invalid=lauragais, [::1]=neutre"
    choisi = {
        hote: theme_courant(RequestFactory().get("/", headers={"host": hote})).code
        for hote in ("aides.lauragais.invalid", "AIDES.Lauragais.invalid:8000", "[::1]:80", "a.b")
    }
    assert list(choisi.values()) == ["lauragais", "lauragais", "neutre", "occitanie"]
    assert theme_courant(None).code == "occitanie"


@pytest.mark.parametrize("texte", ["hote", "=neutre", "hote=inconnu", "hote=neutre=occitanie"])
def test_a_host_without_a_theme_of_ours_stops_the_start(texte, settings):
    with pytest.raises(ImproperlyConfigured):
        lire_hotes(texte)
    settings.THEMES_PAR_HOTE = texte
    with pytest.raises(ImproperlyConfigured):
        verifier_reglages()


def test_an_unknown_theme_stops_the_start(settings):
    settings.THEME = "inconnu"
    with pytest.raises(ImproperlyConfigured, match="inconnu"):
        verifier_reglages()
