"""Why a desk has a demande, for its officers."""

from __future__ import annotations

from typing import Any

from django import template

from dossiers.acheminement.competences.mots import POUR_NATURE
from dossiers.acheminement.routage import competence_de
from dossiers.models import Demande
from territoires.organismes.models import NatureAide
from territoires.perimetre import libelles

register = template.Library()


@register.inclusion_tag("competences/_pourquoi.html")
def pourquoi_ce_guichet(demande: Demande) -> dict[str, Any]:
    """The reason of the person who chose it; else the competence that named it, with the
    convention by which it is held."""
    if demande.motif_orientation or demande.guichet_id is None:
        return {"motif": demande.motif_orientation, "competence": None}
    trouvee = competence_de(demande)
    if trouvee is None:
        return {"motif": "", "competence": None}
    competence, codes = trouvee
    noms = libelles(codes)
    return {
        "motif": "",
        "competence": competence,
        "pour": POUR_NATURE[NatureAide(competence.nature)],
        "ou": ", ".join(noms.get(code, code) for code in codes),
    }
