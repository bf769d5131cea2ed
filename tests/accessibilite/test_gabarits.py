"""The registry shows every page: each template with a layout, ours and those of the accounts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.template import Template
from django.test.signals import template_rendered

from portal.services_embarques.chemins import PROJET
from tests.accessibilite.pages import HORS_REGISTRE, PAGES, Page

NOTRES = PROJET / "templates"
COMPTES = Path(allauth.__file__).parent / "templates"
UNE_PAGE = re.compile(r"{% extends|<html")


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
def rendus(lire: Callable[[Page], Any]) -> dict[str, set[str]]:
    """The templates that each page of the registry renders."""
    noms: dict[str, set[str]] = {}
    en_cours: set[str] = set()

    def noter(template: Template, **_: object) -> None:
        if template.name:
            en_cours.add(str(template.name))

    template_rendered.connect(noter)
    try:
        for page in PAGES:
            en_cours.clear()
            reponse = lire(page)
            assert reponse.status_code == page.statut, page.nom
            noms[page.nom] = set(en_cours)
    finally:
        template_rendered.disconnect(noter)
    return noms


def test_every_template_of_a_page_is_shown(rendus: dict[str, set[str]]) -> None:
    montres = set().union(*rendus.values())
    manquants = {nom for nom in gabarits_de_pages() if nom not in montres and not excepte(nom)}
    assert not manquants, "à inscrire dans pages.py : " + ", ".join(sorted(manquants))


def test_no_exception_is_stale(rendus: dict[str, set[str]]) -> None:
    montres = set().union(*rendus.values())
    pages = gabarits_de_pages()
    for cle in HORS_REGISTRE:
        concernes = {nom for nom in pages if excepte(nom) and nom.startswith(cle)}
        assert concernes, f"{cle} n’existe plus"
        assert not concernes & montres, f"{cle} est montré"


def test_names_are_unique() -> None:
    noms = [page.nom for page in PAGES]
    assert len(noms) == len(set(noms))
