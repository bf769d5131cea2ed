"""The developers' document of the webhook channel, and its schemas, as pages of the portal."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.socle.guides import Guide, rendre
from portal.socle.schemas import schema

SCHEMAS = frozenset({"demande-1", "accuse-1"})


@cache
def _document() -> Guide:
    texte = (settings.BASE_DIR / "docs" / "webhooks.md").read_text(encoding="utf-8")
    return rendre("webhooks", texte)


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """docs/webhooks.md, in English as in the repository."""
    return render(request, "acheminement/documentation.html", {"guide": _document()})


@require_safe
def schema_publie(request: HttpRequest, nom: str) -> HttpResponse:
    """One JSON Schema, where the document links to it."""
    if nom not in SCHEMAS:
        raise Http404
    return JsonResponse(
        schema(nom),
        content_type="application/schema+json",
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
