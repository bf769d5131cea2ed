"""What the server sends of every page: its weight, its files, its templates.

Weight: compressed bytes, files kept for good, one host. Templates: the registry shows each one
with a layout, ours and those of the accounts.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import Template
from django.templatetags.static import static
from django.test import Client, override_settings
from django.test.signals import template_rendered

from portal.services_embarques.chemins import PROJET
from portal.settings import base
from tests.accessibilite.pages import HORS_REGISTRE, PAGES, Page

#: The first view of a page, everything it loads included, compressed.
BUDGET = 150 * 1024
CHARGES = re.compile(
    r'<(?:script|img|source|iframe|embed|object)\b[^>]*\b(?:src|data)="([^"]+)"'
    r'|<link\b(?=[^>]*rel="(?:stylesheet|icon|preload)")[^>]*href="([^"]+)"'
)
#: A picture that the browser fetches only once the reader comes near it.
PARESSEUSE = re.compile(r'<img\b(?=[^>]*loading="lazy")[^>]*\bsrc="([^"]+)"')
#: Swagger UI weighs more by itself; it is for developers.
LEGERES = [page for page in PAGES if not page.exclure]
NOTRES = PROJET / "templates"
COMPTES = Path(allauth.__file__).parent / "templates"
UNE_PAGE = re.compile(r"{% extends|<html")


@dataclass(frozen=True)
class Rendu:
    """A page as the server sends it, and the names of the templates that made it."""

    contenu: bytes
    entetes: Mapping[str, str]
    gabarits: frozenset[str]


@pytest.fixture(scope="module")
def rendre(lire: Callable[[Page], Any]) -> Callable[[Page], Rendu]:
    """Reads a page of the registry, once for all the tests of this file."""
    rendus: dict[str, Rendu] = {}

    def rendre_page(page: Page) -> Rendu:
        if page.nom not in rendus:
            gabarits: set[str] = set()

            def noter(template: Template, **_: object) -> None:
                if template.name:
                    gabarits.add(str(template.name))

            template_rendered.connect(noter)
            try:
                reponse = lire(page)
            finally:
                template_rendered.disconnect(noter)
            assert reponse.status_code == page.statut, page.nom
            rendus[page.nom] = Rendu(reponse.content, reponse.headers, frozenset(gabarits))
        return rendus[page.nom]

    return rendre_page


# ------------------------------------------------------------------ weight


@cache
def poids(adresse: str) -> int:
    """The bytes of a static file as the server sends it: compressed once, beforehand."""
    fichier = finders.find(adresse.removeprefix("/static/"))
    assert fichier, adresse
    return len(gzip.compress(Path(fichier).read_bytes(), 9))


@pytest.mark.parametrize("page", LEGERES, ids=str)
def test_a_page_is_light_and_all_of_it_ours(page: Page, rendre: Callable[[Page], Rendu]) -> None:
    rendu = rendre(page)
    html = rendu.contenu.decode()
    chargees = {source or lien for source, lien in CHARGES.findall(html)}
    fichiers = {adresse for adresse in chargees if adresse.startswith("/static/")}
    # What is left is ours too: a file that somebody deposited.
    assert all(re.match(r"/[^/]|data:", adresse) for adresse in chargees), chargees
    # Of a guide, the first view shows one picture at most.
    plus_loin = PARESSEUSE.findall(html)[1:]
    total = len(gzip.compress(rendu.contenu, 6)) + sum(map(poids, fichiers - {*plus_loin}))
    assert total < BUDGET, f"{total / 1024:.0f} Ko"
    assert not re.search(r"<style|<[^>]+\s(?:style|on[a-z]+)=\"|javascript:", html)
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []
    politique = rendu.entetes["Content-Security-Policy"]
    assert "unsafe" not in politique
    assert "http" not in politique


def test_pages_are_sent_compressed(lire: Callable[[Page], Any]) -> None:
    entiere = lire(Page("accueil", "/"))
    reponse = Client(headers={"accept-encoding": "gzip"}).get("/")
    assert reponse["Content-Encoding"] == "gzip"
    assert len(reponse.content) < len(entiere.content) / 2


def test_static_files_are_kept_for_good(tmp_path: Path) -> None:
    """A server's file is named after its content: the browser never asks for it again."""
    source, racine = tmp_path / "source", tmp_path / "fichiers"
    source.mkdir()
    (source / "essai.css").write_text("a { color: red }\n" * 100)
    with override_settings(
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_ROOT=racine,
        STORAGES=base.STORAGES,
        WHITENOISE_AUTOREFRESH=False,
        WHITENOISE_USE_FINDERS=False,
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        adresse = static("essai.css")
        reponse = Client(headers={"accept-encoding": "gzip"}).get(adresse)
        envoye = b"".join(reponse.streaming_content)
        reponse.close()
    assert re.fullmatch(r"/static/essai\.[0-9a-f]{12}\.css", adresse)
    assert {"public", "immutable"} <= set(reponse["Cache-Control"].split(", "))
    assert reponse["Content-Encoding"] == "gzip"
    assert len(envoye) < 200


# ------------------------------------------------------------------ templates


def gabarits_de_pages() -> set[str]:
    """The names of the templates that are whole pages and can be shown by an address."""
    notres = {
        str(chemin.relative_to(NOTRES))
        for chemin in NOTRES.rglob("*.html")
        if UNE_PAGE.search(chemin.read_text())
    }
    comptes = {
        str(chemin.relative_to(COMPTES))
        for application in ("account", "mfa", "socialaccount", "usersessions")
        for chemin in (COMPTES / application).rglob("*.html")
        if UNE_PAGE.search(chemin.read_text())
    }
    # A layout is shown by the pages that extend it.
    return {
        nom
        for nom in notres | comptes
        if nom != "base.html" and "layouts/" not in nom and not Path(nom).name.startswith("base")
    }


def excepte(nom: str) -> bool:
    return any(nom.startswith(cle) if cle.endswith("/") else nom == cle for cle in HORS_REGISTRE)


@pytest.fixture(scope="module")
def montres(rendre: Callable[[Page], Rendu]) -> frozenset[str]:
    """The templates that the pages of the registry show."""
    return frozenset().union(*(rendre(page).gabarits for page in PAGES))


def test_every_template_of_a_page_is_shown(montres: frozenset[str]) -> None:
    manquants = {nom for nom in gabarits_de_pages() if nom not in montres and not excepte(nom)}
    assert not manquants, "à inscrire dans pages.py : " + ", ".join(sorted(manquants))


def test_no_exception_is_stale(montres: frozenset[str]) -> None:
    pages = gabarits_de_pages()
    for cle in HORS_REGISTRE:
        concernes = {nom for nom in pages if excepte(nom) and nom.startswith(cle)}
        assert concernes, f"{cle} n’existe plus"
        assert not concernes & montres, f"{cle} est montré"


def test_names_are_unique() -> None:
    noms = [page.nom for page in PAGES]
    assert len(noms) == len(set(noms))
