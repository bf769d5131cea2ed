"""Where a company gets the proofs of its deposits."""

from __future__ import annotations

from typing import Any

from django import template

from dossiers.models import Dossier

register = template.Library()


@register.inclusion_tag("recus/_recus.html")
def recus_de(dossier: Dossier) -> dict[str, Any]:
    """Each deposit of a dossier with its receipt, in one query."""
    versions = dossier.versions.defer("contenu").select_related("recu").order_by("numero")
    return {"dossier": dossier, "versions": versions}
