"""The statement of accessibility: what was tested is read from what the tests wrote."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

#: Written by tests/accessibilite/test_declaration.py from the registry of pages and from axe.
CONSTAT = Path(__file__).with_name("accessibilite.json")


class Constat(TypedDict):
    """What is tested: the version of axe, the widths in CSS pixels, the pages by kind."""

    axe: str
    largeurs: list[int]
    pages: dict[str, list[str]]


@cache
def constat() -> Constat:
    lu: Constat = json.loads(CONSTAT.read_text(encoding="utf-8"))
    return lu


@require_safe
def declaration(request: HttpRequest) -> HttpResponse:
    """The statement that article 47 of law 2005-102 asks for, as decree 2019-768 describes it."""
    lu = constat()
    contexte = {
        "constat": lu,
        "nombre": sum(len(pages) for pages in lu["pages"].values()),
        # When the statement was written or last reviewed: by hand, with its text.
        "le": date(2026, 11, 22),
    }
    return render(request, "socle/accessibilite.html", contexte)
