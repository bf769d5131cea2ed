"""What the pages of an organisme, in a room below this one, show of its demandes."""

from __future__ import annotations

from django import template

from dossiers.models import Demande
from territoires.organismes.models import AgentGuichet

register = template.Library()


@register.simple_tag
def demandes_suivies(affectation: AgentGuichet) -> list[Demande]:
    """The live demandes that this officer follows at this desk, the oldest first."""
    suivies = Demande.objects.en_cours().filter(
        guichet=affectation.guichet_id, agent=affectation.user_id
    )
    return list(
        suivies.select_related("dossier__entreprise", "version_aide").order_by("deposee_le", "pk")
    )
