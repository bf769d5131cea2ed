"""The facts that are asked only where an aide reads them, and what to ask then.

A company is not asked for its code in a nomenclature that no aide uses, nor whether it obtained
aides that could never be its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils import timezone

from aides.criteres.arbre import Commence, Critere, DelaiEntreAides, feuilles_de
from aides.criteres.evaluation import Situation, Verdict, evaluer
from aides.criteres.faits import Faits, completer
from dossiers.faits import faits_du_dossier
from dossiers.models import Dossier
from dossiers.rapprochement.catalogue import Catalogue, VersionLue, catalogue
from territoires.zones import ReferentielZones

NAF_2025, AIDES_OBTENUES = "naf_2025", "aides_obtenues"


def occasionnels(dossier: Dossier) -> frozenset[str]:
    """The codes of the occasional facts that this dossier is asked for, or answered."""
    lu = catalogue()
    demandes = {AIDES_OBTENUES} if aides_a_dater(dossier, lu) else set()
    if any(_lit_naf_2025(version.criteres) for version in lu.versions):
        demandes.add(NAF_2025)
    return frozenset(demandes | {NAF_2025, AIDES_OBTENUES} & dossier.faits.keys())


def aides_a_dater(dossier: Dossier, lu: Catalogue | None = None) -> Mapping[str, str]:
    """The aides whose last grant matters to this dossier: code -> title, in the order of titles.

    Those that an aide names which nothing else refuses to the dossier, whatever was answered.
    """
    le = timezone.localdate()
    lu = lu or catalogue()
    lecteurs = [v for v in lu.versions if v.ouverte(le) and any(_delais(v.criteres))]
    if not lecteurs:
        return {}
    faits = {c: v for c, v in faits_du_dossier(dossier, le).items() if c != AIDES_OBTENUES}
    codes = _nommees(lecteurs, faits, le)
    titres = {version.code: version.titre for version in lu.versions if version.code in codes}
    return dict(sorted(titres.items(), key=lambda paire: paire[1]))


def _nommees(lecteurs: list[VersionLue], faits: Faits, le: date) -> frozenset[str]:
    situation = Situation(completer(faits, le), ReferentielZones.au(le))
    return frozenset(
        aide
        for version in lecteurs
        if evaluer(version.criteres, situation).verdict is not Verdict.NON
        for delai in _delais(version.criteres)
        for aide in delai.aides
    )


def _delais(critere: Critere) -> Iterator[DelaiEntreAides]:
    yield from (feuille for feuille in feuilles_de(critere) if isinstance(feuille, DelaiEntreAides))


def _lit_naf_2025(critere: Critere) -> bool:
    commences = (f for f in feuilles_de(critere) if isinstance(f, Commence))
    return any(feuille.fait == NAF_2025 for feuille in commences)
