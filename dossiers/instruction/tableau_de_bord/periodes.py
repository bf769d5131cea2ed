"""The periods of a dashboard, and the weeks, months or years that they are cut into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils import timezone

from aides.criteres.valeurs import afficher_date

DEFAUT = "13"
#: From that many months on, a column is a year.
MOIS_MAXIMUM = 36


class Pas(StrEnum):
    """What one column is; the value is the one that PostgreSQL truncates to."""

    SEMAINE = "week"
    MOIS = "month"
    ANNEE = "year"


@dataclass(frozen=True, slots=True)
class Periode:
    """From `debut` (None: since the first day) to `fin`, both included, in Paris time."""

    debut: date | None
    fin: date
    pas: Pas

    @property
    def bornes(self) -> tuple[datetime | None, datetime]:
        """The first instant, and the first one after."""
        apres = _minuit(self.fin + timedelta(days=1))
        return (None if self.debut is None else _minuit(self.debut)), apres


def choix(le: date) -> list[tuple[str, str]]:
    """Code and label of each period, the default one first and without a code."""
    return [
        ("", "13 dernières semaines"),
        ("26", "26 dernières semaines"),
        ("52", "52 dernières semaines"),
        ("annee", f"Année {le.year}"),
        ("annee-1", f"Année {le.year - 1}"),
        ("tout", "Depuis le début"),
    ]


def periode(code: str, le: date) -> Periode:
    """The period of that code on that day; weeks are whole, the current one included."""
    if code == "tout":
        return Periode(None, le, Pas.MOIS)
    if code in {"annee", "annee-1"}:
        annee = le.year - (code == "annee-1")
        return Periode(date(annee, 1, 1), min(date(annee, 12, 31), le), Pas.MOIS)
    lundi = le - timedelta(days=le.weekday())
    return Periode(lundi - timedelta(weeks=int(code or DEFAUT) - 1), le, Pas.SEMAINE)


def intervalles(depuis: date, fin: date, pas: Pas) -> list[date]:
    """The first day of each week, month or year from that of `depuis` to that of `fin`."""
    jours = [premier_jour(depuis, pas)]
    while (suivant := _suivant(jours[-1], pas)) <= fin:
        jours.append(suivant)
    return jours


def mois_entre(depuis: date, fin: date) -> int:
    return (fin.year - depuis.year) * 12 + fin.month - depuis.month + 1


def premier_jour(jour: date, pas: Pas) -> date:
    match pas:
        case Pas.SEMAINE:
            return jour - timedelta(days=jour.weekday())
        case Pas.MOIS:
            return jour.replace(day=1)
        case Pas.ANNEE:
            return jour.replace(month=1, day=1)


def nom(jour: date, pas: Pas) -> str:
    """How an interval is called: "semaine du 2 novembre 2026", "novembre 2026", "2026"."""
    match pas:
        case Pas.SEMAINE:
            return f"semaine du {afficher_date(jour)}"
        case Pas.MOIS:
            return afficher_date(jour).removeprefix("1er ")
        case Pas.ANNEE:
            return str(jour.year)


def libelle(jour: date, pas: Pas) -> str:
    """The same, short: "02/11", "11/26", "2026"."""
    match pas:
        case Pas.SEMAINE:
            return f"{jour:%d/%m}"
        case Pas.MOIS:
            return f"{jour:%m/%y}"
        case Pas.ANNEE:
            return str(jour.year)


def _suivant(jour: date, pas: Pas) -> date:
    match pas:
        case Pas.SEMAINE:
            return jour + timedelta(weeks=1)
        case Pas.MOIS:
            return (jour + timedelta(days=31)).replace(day=1)
        case Pas.ANNEE:
            return jour.replace(year=jour.year + 1)


def _minuit(jour: date) -> datetime:
    return timezone.make_aware(datetime.combine(jour, time.min))
