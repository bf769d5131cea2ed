"""The users' guides: Markdown of `docs/guides`, read here and in the repository alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

DOSSIER: Path = settings.BASE_DIR / "docs" / "guides"
#: In the order of the list; the name is that of the file and of the address.
GUIDES = (
    "entreprise", "instruction", "intercommunalite", "catalogue", "administration", "api",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide, ready to show: `parties` are the (anchor, title) of its second-level headings."""

    nom: str
    titre: str
    resume: str
    corps: SafeString
    parties: tuple[tuple[str, str], ...]


def lire(nom: str) -> Guide:
    """Read and render a guide of `GUIDES`; what is on disk does not change while we run."""
    texte = (DOSSIER / f"{nom}.md").read_text(encoding="utf-8")
    return rendre(nom, texte)


@cache
def _garde(nom: str) -> Guide:
    return lire(nom)


def rendre(nom: str, texte: str) -> Guide:
    """The first heading becomes the title, the first paragraph the summary."""
    lecteur = MarkdownIt("commonmark", {"html": False}).enable("table")
    jetons = lecteur.parse(texte)
    titre, resume = jetons[1].content, jetons[4].content
    parties = []
    for rang, jeton in enumerate(jetons):
        if jeton.type == "heading_open":
            intitule = jetons[rang + 1].content
            jeton.attrSet("id", slugify(intitule))
            if jeton.tag == "h2":
                parties.append((slugify(intitule), intitule))
        elif jeton.type == "inline":
            for enfant in jeton.children or ():
                _adresses(enfant)
    corps = lecteur.renderer.render(jetons[3:], lecteur.options, {})
    # Long lines scroll: with the keyboard too.
    corps = corps.replace("<pre>", '<pre tabindex="0">')
    # Our own files, and raw HTML is not read in them.
    return Guide(nom, titre, resume, mark_safe(corps), tuple(parties))  # noqa: S308


def _adresses(jeton: Token) -> None:
    """Addresses of the repository become addresses of the portal."""
    if jeton.type == "image":
        fichier = PurePosixPath(str(jeton.attrs["src"])).name
        with Image.open(settings.BASE_DIR / "docs" / "images" / fichier) as image:
            largeur, hauteur = image.size
        attributs: Mapping[str, Any] = {
            "src": static(f"guides/{fichier}"), "width": largeur, "height": hauteur,
            "loading": "lazy", "decoding": "async",
        }  # fmt: skip
        jeton.attrs.update(attributs)
    elif jeton.type == "link_open":
        cible = PurePosixPath(str(jeton.attrs["href"]))
        if cible.suffix == ".md" and cible.stem in GUIDES:
            jeton.attrs["href"] = reverse("guide", kwargs={"nom": cible.stem})


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    """Every guide, with its summary."""
    return render(request, "guides/liste.html", {"guides": [_garde(nom) for nom in GUIDES]})


@require_safe
def guide(request: HttpRequest, nom: str) -> HttpResponse:
    """One guide."""
    if nom not in GUIDES:
        raise Http404
    return render(request, "guides/guide.html", {"guide": _garde(nom)})
