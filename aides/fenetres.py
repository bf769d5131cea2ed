"""The days on which an aide opens or closes by itself, as its windows say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from aides.criteres.arbre import AuMoins, Critere, Feuille, Non, Tous, Un
from aides.criteres.evaluation import Situation, Verdict, evaluer, lus
from aides.criteres.faits import DATE_DEMANDE, completer

VEILLE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _SansZone:
    """A window asks nothing of geography."""

    def zone_chargee(self, zone: str) -> bool:
        return False


def bascules(critere: Critere, depuis: date, jusqu_a: date) -> list[date]:
    """The days of [`depuis`, `jusqu_a`] on which a window of the tree over the day of the request
    opens, or has just closed: a yearly one, or the opening and closing dates of the aide.
    """
    fenetres = set(_fenetres(critere))
    jours = [depuis + n * VEILLE for n in range((jusqu_a - depuis).days + 1)]
    return [
        jour
        for jour in jours
        if any(
            _ouverte(fenetre, jour) is not _ouverte(fenetre, jour - VEILLE) for fenetre in fenetres
        )
    ]


def _fenetres(critere: Critere) -> Iterator[Feuille]:
    match critere:
        case Tous(criteres) | Un(criteres) | AuMoins(_, criteres):
            for enfant in criteres:
                yield from _fenetres(enfant)
        case Non(interieur):
            yield from _fenetres(interieur)
        case _ if lus(critere) == (DATE_DEMANDE.code,):
            yield critere


def _ouverte(fenetre: Feuille, jour: date) -> bool:
    situation = Situation(completer({}, jour), _SansZone())
    return evaluer(fenetre, situation).verdict is Verdict.OUI
