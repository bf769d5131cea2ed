"""The portals this code serves: name, territory, contact and colours of each collectivité.

A theme is one row here and one CSS file of variables. It is chosen by the host name
(`THEMES_PAR_HOTE`), else by the setting `THEME`. The two collectivités are examples: their
colours are ours and their contact is fictitious.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.request import split_domain_port

from portal.socle import apparence


@dataclass(frozen=True, slots=True)
class Theme:
    """One portal. `css` is a static file, empty for the neutral theme; `couleur` its --tete."""

    code: str
    nom: str
    territoire: str
    contact: str
    css: str
    #: Colour of a phone's own bars above the page: that of the header in light mode.
    couleur: str


THEMES = {
    theme.code: theme
    for theme in (
        Theme(
            code="neutre",
            nom="Portail des aides aux entreprises",
            territoire="",
            contact="",
            css="",
            couleur="#0b3b41",
        ),
        Theme(
            code="occitanie",
            nom="Aides aux entreprises en Occitanie",
            territoire="Région Occitanie",
            contact="Une question ? aides@region.exemple.invalid (adresse fictive)",
            css="portail/themes/occitanie.css",
            couleur="#3f1955",
        ),
        Theme(
            code="lauragais",
            nom="Aides aux entreprises du Lauragais",
            territoire="Terres du Lauragais",
            contact="Une question ? aides@lauragais.exemple.invalid (adresse fictive)",
            css="portail/themes/lauragais.css",
            couleur="#14325c",
        ),
    )
}


def verifier_reglages() -> None:
    """Stop the start on a theme that does not exist, rather than fail at each page."""
    if settings.THEME not in THEMES:
        raise ImproperlyConfigured(f"THEME : « {settings.THEME} » n’est pas un de {list(THEMES)}.")
    lire_hotes(settings.THEMES_PAR_HOTE)


def lire_hotes(texte: str) -> dict[str, str]:
    """Read `hote=code,hote=code` into host → code; refuse what is not of that form."""
    hotes = {}
    for paire in filter(None, (morceau.strip() for morceau in texte.split(","))):
        hote, egal, code = (partie.strip() for partie in paire.partition("="))
        if not (hote and egal and code in THEMES):
            raise ImproperlyConfigured(
                f"THEMES_PAR_HOTE : « {paire} » n’est pas de la forme hôte=thème."
            )
        hotes[hote.lower()] = code
    return hotes


def theme_courant(request: HttpRequest | None) -> Theme:
    """Return the theme of this host, else of the setting; without a request, of the setting.

    The host is read without being checked: it chooses colours and a name among our own, and
    the page that says that a host is refused has a theme too.
    """
    hote = split_domain_port(request.META.get("HTTP_HOST", ""))[0] if request else ""
    return THEMES[lire_hotes(settings.THEMES_PAR_HOTE).get(hote, settings.THEME)]


def contexte(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `theme`, `apparence` (what the reader chose) and the choices."""
    return {
        "theme": theme_courant(request),
        "apparence": apparence.choisie(request),
        "apparences": apparence.APPARENCES,
    }
