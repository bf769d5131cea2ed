"""What a version demands in all: its criteria, its périmètre and its dates, as one tree."""

from __future__ import annotations

from collections.abc import Mapping

from aides.criteres.arbre import Critere, Fenetre, Situe, Source, Tous
from aides.criteres.echange import lire, lire_sources
from aides.models import VersionAide

FRANCE = "PAYS-99100"


def conditions(version: VersionAide) -> Critere:
    """The whole tree of a version: where the project must lie, when one may ask, the criteria.

    What the fields of the catalogue say is a condition like any other: it is explained with
    its source, and a project outside the périmètre is refused for that reason. Raises
    EchangeInvalide.
    """
    sources = lire_sources(version.sources)
    criteres = lire(version.criteres, sources)
    cadre = (*_lieu(version, sources), *_dates(version, sources))
    if not cadre:
        return criteres
    return Tous((*cadre, *(criteres.criteres if isinstance(criteres, Tous) else (criteres,))))


def _lieu(version: VersionAide, sources: Mapping[str, Source]) -> tuple[Critere, ...]:
    """Every commune is in France: asking where would be asking for nothing."""
    if FRANCE in version.perimetre and not version.exclusions:
        return ()
    return (
        Situe(
            "commune_projet",
            frozenset(version.perimetre),
            _source(sources),
            sauf=frozenset(version.exclusions),
        ),
    )


def _dates(version: VersionAide, sources: Mapping[str, Source]) -> tuple[Critere, ...]:
    if version.ouverture is None and version.cloture is None:
        return ()
    return (Fenetre("date_demande", version.ouverture, version.cloture, _source(sources)),)


def _source(sources: Mapping[str, Source]) -> Source:
    """The page that describes the aide: the first of its sources."""
    return next(iter(sources.values()), Source("Fiche de l’aide", verifie=False))
