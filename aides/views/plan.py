"""What search engines are told: the public pages, and where not to go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from aides.models import Aide


class PlanDesPages(Sitemap):  # type: ignore[type-arg]
    """The pages that are always there."""

    def items(self) -> Iterable[str]:
        return ("depot:accueil", "catalogue:liste", "depot:simulation")

    def location(self, item: str) -> str:
        return reverse(item)


class PlanDesAides(Sitemap):  # type: ignore[type-arg]
    """One page for each published aide, dated by its version."""

    def items(self) -> Iterable[Aide]:
        return Aide.objects.publiees().select_related("version").order_by("code")

    def location(self, item: Aide) -> str:
        return reverse("catalogue:aide", args=[item.code])

    def lastmod(self, item: Aide) -> datetime | None:
        return item.version.publiee_le if item.version else None


PLANS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {"pages": PlanDesPages, "aides": PlanDesAides}


@require_safe
@cache_control(public=True, max_age=3600)
def plan(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: the addresses of the public pages."""
    return sitemap(request, PLANS, template_name="aides/sitemap.xml")


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: public pages may be read by all, lists of answers by nobody."""
    adresse = request.build_absolute_uri(reverse("plan"))
    return render(request, "aides/robots.txt", {"plan": adresse}, content_type="text/plain")
