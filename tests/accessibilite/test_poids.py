"""What a page costs its reader: compressed bytes, files kept for good, one host."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.templatetags.static import static
from django.test import Client, override_settings

from portal.settings import base
from tests.accessibilite.pages import PAGES, Page

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


@cache
def poids(adresse: str) -> int:
    """The bytes of a static file as the server sends it: compressed once, beforehand."""
    fichier = finders.find(adresse.removeprefix("/static/"))
    assert fichier, adresse
    return len(gzip.compress(Path(fichier).read_bytes(), 9))


@pytest.mark.parametrize("page", LEGERES, ids=str)
def test_a_page_is_light_and_all_of_it_ours(page: Page, lire: Callable[[Page], Any]) -> None:
    reponse = lire(page)
    html = reponse.content.decode()
    chargees = {source or lien for source, lien in CHARGES.findall(html)}
    fichiers = {adresse for adresse in chargees if adresse.startswith("/static/")}
    # What is left is ours too: a file that somebody deposited.
    assert all(re.match(r"/[^/]|data:", adresse) for adresse in chargees), chargees
    # Of a guide, the first view shows one picture at most.
    plus_loin = PARESSEUSE.findall(html)[1:]
    total = len(gzip.compress(reponse.content, 6)) + sum(map(poids, fichiers - {*plus_loin}))
    assert total < BUDGET, f"{total / 1024:.0f} Ko"
    assert not re.search(r"<style|<[^>]+\s(?:style|on[a-z]+)=\"|javascript:", html)
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []
    politique = reponse["Content-Security-Policy"]
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
