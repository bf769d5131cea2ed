"""The statement says what is tested, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from portal.socle.accessibilite import CONSTAT
from tests.accessibilite.pages import GROUPES, Page
from tests.accessibilite.test_axe import LARGEURS


def attendu() -> dict[str, Any]:
    version = re.match(r"/\*! axe v([\d.]+)", AXE_SCRIPT)
    assert version
    return {
        "axe": version[1],
        "largeurs": list(LARGEURS),
        "pages": {nom: [page.nom for page in pages] for nom, pages in GROUPES.items()},
    }


def test_what_it_counts_is_what_is_tested() -> None:
    texte = json.dumps(attendu(), ensure_ascii=False, indent=1) + "\n"
    if CONSTAT.read_text(encoding="utf-8") != texte:
        CONSTAT.write_text(texte, encoding="utf-8")
        pytest.fail(f"{CONSTAT.name} est réécrit d’après le registre : il reste à le committer.")


def test_the_page_says_it(lire: Callable[[Page], Any]) -> None:
    texte = lire(Page("accessibilite", "/accessibilite/")).content.decode()
    constat = attendu()
    assert f"axe-core {constat['axe']}" in texte
    assert f"{sum(map(len, constat['pages'].values()))} pages et états" in texte
    assert "<strong>non conforme</strong>" in texte
    assert "Défenseur des droits" in texte


def test_every_page_links_to_it(lire: Callable[[Page], Any]) -> None:
    assert 'href="/accessibilite/"' in lire(Page("accueil", "/")).content.decode()
