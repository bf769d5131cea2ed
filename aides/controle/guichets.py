"""Where it is asked for: everywhere in its périmètre one desk, and only one, is competent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from aides.controle.constats import GUICHETS_A_EGALITE, SANS_GUICHET, Constat
from aides.controle.contexte import Contexte, Fiche, Lieu
from aides.models import VersionAide
from territoires.organismes.competences import Egalite, Trou, resoudre
from territoires.perimetre import contient

#: From the widest level to the most precise: what a place is named by.
_NIVEAUX = ("PAYS", "REG", "DEP", "EPCI", "COM")


def constats_de_guichet(fiche: Fiche, contexte: Contexte) -> Iterator[Constat]:
    """Holes and ties, each with the places where they are; only of what is asked for here."""
    if fiche.close or fiche.document["voie"]["type"] != VersionAide.Voie.PORTAIL:
        return
    perimetre, exclusions = fiche.lieux("perimetre"), fiche.lieux("exclusions")
    servis = {lieu for lieu in contexte.monde.lieux if contient(perimetre, exclusions, lieu)}
    nature = fiche.document["nature"]
    competences = [c for c in contexte.competences if c.nature == nature]
    trous: set[Lieu] = set()
    egalites: dict[str, set[Lieu]] = defaultdict(set)
    for lieu in servis:
        match resoudre(
            competences,
            nature=nature,
            lieu=lieu,
            le=contexte.le,
            organismes=fiche.porteurs("instructeur"),
        ):
            case Trou():
                trous.add(lieu)
            case Egalite() as egalite:
                egalites[", ".join(guichet.nom for guichet in egalite.guichets)].add(lieu)
    if trous:
        partout = "partout" if trous == servis else ""
        yield Constat(SANS_GUICHET, fiche.code, partout, nommer(trous, servis))
    for noms, lieux in sorted(egalites.items()):
        yield Constat(GUICHETS_A_EGALITE, fiche.code, noms, nommer(lieux, servis))


def nommer(lieux: Collection[Lieu], parmi: Collection[Lieu]) -> tuple[str, ...]:
    """The widest codes that hold these places and none of the others of `parmi`.

    A place that shares all its codes with others (communes outside any EPCI of a département
    served elsewhere) is given by its most precise code.
    """
    autres = frozenset[str]().union(*set(parmi).difference(lieux))
    noms = set()
    for lieu in lieux:
        rangs = sorted(lieu, key=lambda code: _NIVEAUX.index(code.partition("-")[0]))
        noms.add(next((code for code in rangs if code not in autres), rangs[-1]))
    return tuple(sorted(noms, key=lambda code: (_NIVEAUX.index(code.partition("-")[0]), code)))
