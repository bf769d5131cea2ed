"""The desk that an operator names on the command line."""

from __future__ import annotations

from django.core.management.base import CommandError

from territoires.organismes.models import Guichet


def guichet_de(code: str) -> Guichet:
    """The desk of this code. Raises CommandError with codes that exist."""
    guichet = Guichet.objects.filter(code=code).select_related("organisme").first()
    if guichet is None:
        connus = Guichet.objects.order_by("code").values_list("code", flat=True)
        raise CommandError(f"Aucun guichet « {code} ». Connus : {', '.join(connus[:40])}.")
    return guichet
