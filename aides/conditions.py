"""What a version demands in all: its criteria, its périmètre and its dates, as one tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aides.criteres.arbre import Critere, Fenetre, Situe, Source, Tous
from aides.criteres.echange import lire, lire_sources
from aides.models import VersionAide

FRANCE = "PAYS-99100"
#: What an exchange document usually calls the page that describes the aide.
CLES_DE_LA_FICHE = ("page", "fiche")


def conditions(version: VersionAide) -> Critere:
    """The whole tree of a version: where the project must lie, when one may ask, the criteria.

    What the fields of the catalogue say is a condition like any other: it is explained with
    its source, and a project outside the périmètre is refused for that reason. Raises
    EchangeInvalide.
    """
    sources = lire_sources(version.sources)
    arbre = lire(version.criteres, sources)
    criteres = arbre.criteres if isinstance(arbre, Tous) else (arbre,)
    cadre = (*_lieu(version, sources, criteres), *_dates(version, sources))
    return Tous((*cadre, *criteres)) if cadre else arbre


def _lieu(
    version: VersionAide, sources: Mapping[str, Source], criteres: Iterable[Critere]
) -> tuple[Critere, ...]:
    """Nothing for the whole country, where every commune lies, nor for what is said already."""
    perimetre, sauf = frozenset(version.perimetre), frozenset(version.exclusions)
    dits = {(c.fait, c.perimetre, c.sauf) for c in criteres if isinstance(c, Situe)}
    if (FRANCE in perimetre and not sauf) or ("commune_projet", perimetre, sauf) in dits:
        return ()
    return (Situe("commune_projet", perimetre, _source(sources), sauf=sauf),)


def _dates(version: VersionAide, sources: Mapping[str, Source]) -> tuple[Critere, ...]:
    if version.ouverture is None and version.cloture is None:
        return ()
    return (Fenetre("date_demande", version.ouverture, version.cloture, _source(sources)),)


def _source(sources: Mapping[str, Source]) -> Source:
    """The page that describes the aide; PostgreSQL keeps no order of keys, so by its name."""
    cle = next((cle for cle in CLES_DE_LA_FICHE if cle in sources), min(sources, default=""))
    return sources.get(cle, Source("Fiche de l’aide", verifie=False))
