"""Where people get the documents of a demande."""

from __future__ import annotations

from typing import Any

from django import template

from dossiers.models import Demande

register = template.Library()


@register.inclusion_tag("documents/_documents.html")
def documents_de(demande: Demande) -> dict[str, Any]:
    """The documents of a demande, the newest first. The page looks again by itself while one
    is about to be written; after a failure there is nothing to wait for.

    One query, none when `documents` is prefetched.
    """
    documents = list(demande.documents.all())
    return {
        "demande": demande,
        "documents": documents,
        "imminent": any(not d.est_produit and d.tentatives < 2 for d in documents),
    }
