"""What the database holds around the aides that are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from aides.controle.contexte import Contexte
from aides.criteres.satisfaction import Monde
from aides.echange import document_de
from aides.echange.coherence import lieux
from aides.emprise import Emprise
from aides.models import Aide
from territoires.models import ActiviteNaf, Commune, FormeJuridique
from territoires.organismes.models import Competence, Organisme
from territoires.zones import zones_existantes

#: Level of a company's own legal form.
_NIVEAU_FORME = 3


def documents_publies() -> list[dict[str, Any]]:
    """The exchange document of every published aide, by code."""
    aides = Aide.objects.publiees().with_version().order_by("code")
    return [document_de(aide.version) for aide in aides if aide.version is not None]


def contexte_du(le: date, jours: int, documents: Sequence[Mapping[str, Any]]) -> Contexte:
    """The context of a check on that day, in a constant number of queries."""
    competences = list(Competence.objects.select_related("guichet__organisme"))
    territoires = dict(Organisme.objects.order_by().values_list("code", "territoire"))
    sous_classes = ActiviteNaf.objects.filter(niveau=ActiviteNaf.Niveau.SOUS_CLASSE)
    formes = FormeJuridique.objects.filter(niveau=_NIVEAU_FORME)
    nommees = _communes_nommees(documents, competences, territoires.values())
    emprise = Emprise.de(Commune.objects.actuelles(), nommees)
    return Contexte(
        le=le,
        monde=Monde(
            naf=frozenset(sous_classes.order_by().values_list("code", flat=True)),
            formes=frozenset(formes.order_by().values_list("code", flat=True)),
            lieux=emprise.lieux(),
        ),
        competences=competences,
        territoires=territoires,
        zones=zones_existantes(),
        jours=jours,
    )


def _communes_nommees(
    documents: Sequence[Mapping[str, Any]],
    competences: Iterable[Competence],
    territoires: Iterable[str],
) -> frozenset[str]:
    """The communes that a périmètre tells apart from their neighbours."""
    codes = {code for document in documents for _, code in lieux(dict(document))}
    for competence in competences:
        codes.update(competence.perimetre, competence.exclusions)
    return frozenset(code for code in codes.union(territoires) if code.startswith("COM-"))
