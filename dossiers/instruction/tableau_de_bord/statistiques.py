"""What a dashboard counts: three queries, whatever the number of demandes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
)
from django.db.models.functions import Trunc

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.delais import Percentile
from dossiers.instruction.tableau_de_bord.periodes import (
    MOIS_MAXIMUM,
    Pas,
    Periode,
    intervalles,
    mois_entre,
)
from dossiers.querysets import DemandeQuerySet

#: What a desk answers; a withdrawal is the company's.
DECISIONS = (Etat.ACCEPTEE, Etat.REFUSEE, Etat.CLASSEE_SANS_SUITE)
#: Upper bounds of the classes of delay, in whole days; the last one is open.
TRANCHES = (7, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Delai:
    """How long something took: for how many, the median, the ninth decile, and how many in
    each class of TRANCHES."""

    nombre: int
    mediane: timedelta | None
    decile: timedelta | None
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lieu:
    """A territory and what was filed there. `accorde` in euros."""

    nom: str
    nombre: int
    decidees: int
    accorde: Decimal


@dataclass(frozen=True, slots=True)
class Bilan:
    """All that a dashboard shows. `intervalles`: by first day, how many in each state."""

    pas: Pas
    intervalles: Mapping[date, Counter[str]]
    lieux: tuple[Lieu, ...]
    #: Whether `lieux` are communes, or EPCI.
    par_commune: bool
    ouverture: Delai
    decision: Delai
    accorde: Decimal
    etats: Counter[str] = field(default_factory=Counter)

    @property
    def nombre(self) -> int:
        return self.etats.total()

    @property
    def decidees(self) -> int:
        return sum(self.etats[etat] for etat in DECISIONS)


def deposees(demandes: DemandeQuerySet, periode: Periode) -> DemandeQuerySet:
    """Those that were filed over the period."""
    debut, apres = periode.bornes
    demandes = demandes.filter(deposee_le__lt=apres)
    return demandes if debut is None else demandes.filter(deposee_le__gte=debut)


def bilan(demandes: DemandeQuerySet, periode: Periode, *, par_commune: bool) -> Bilan:
    """The figures of the demandes filed over the period. `par_commune` False groups communes
    by EPCI, unless they all lie in one."""
    voulues = deposees(demandes, periode).order_by()
    pas, comptes = _par_intervalle(voulues, periode)
    lignes = list(
        voulues.values_list("commune__nom", "commune__epci__nom", "commune_id")
        .annotate(
            nombre=Count("pk"),
            decidees=Count("pk", filter=Q(etat__in=DECISIONS)),
            accorde=Sum("montant_accorde", default=Decimal(0)),
        )
        .order_by()
    )
    par_commune = par_commune or len({epci for _, epci, *_ in lignes}) <= 1
    delais = _delais(voulues)
    return Bilan(
        pas=pas,
        intervalles=comptes,
        lieux=_par_lieu(lignes, par_commune=par_commune),
        par_commune=par_commune,
        ouverture=_delai(delais, "ouverture"),
        decision=_delai(delais, "decision"),
        accorde=sum((ligne[5] for ligne in lignes), Decimal(0)),
        etats=sum(comptes.values(), Counter()),
    )


def _par_intervalle(
    demandes: DemandeQuerySet, periode: Periode
) -> tuple[Pas, dict[date, Counter[str]]]:
    """How many in each state for each interval, those without any included."""
    tronque = Trunc("deposee_le", periode.pas.value, output_field=DateField())
    lignes = list(
        demandes.annotate(debut=tronque)
        .values_list("debut", "etat")
        .annotate(nombre=Count("pk"))
        .order_by()
    )
    if not lignes:
        return periode.pas, {}
    depuis = periode.debut or min(debut for debut, _, _ in lignes)
    longue = periode.pas is Pas.MOIS and mois_entre(depuis, periode.fin) > MOIS_MAXIMUM
    pas = Pas.ANNEE if longue else periode.pas
    comptes = {jour: Counter[str]() for jour in intervalles(depuis, periode.fin, pas)}
    for debut, etat, nombre in lignes:
        comptes[debut.replace(month=1) if longue else debut][etat] += nombre
    return pas, comptes


def _par_lieu(lignes: list[tuple[Any, ...]], *, par_commune: bool) -> tuple[Lieu, ...]:
    """One for each commune or EPCI, the most numerous first."""
    sommes: dict[object, list[Any]] = {}
    for commune, epci, code, nombre, decidees, accorde in lignes:
        cle = code if par_commune else epci
        nom = commune if par_commune else epci or "Hors intercommunalité"
        somme = sommes.setdefault(cle, [nom, 0, 0, Decimal(0)])
        for rang, valeur in enumerate((nombre, decidees, accorde), 1):
            somme[rang] += valeur
    return tuple(
        sorted((Lieu(*s) for s in sommes.values()), key=lambda lieu: (-lieu.nombre, lieu.nom))
    )


def _delais(demandes: DemandeQuerySet) -> dict[str, Any]:
    """Delays from deposit to the first opening by a desk, and to the decision, in one query."""
    ouvertures = Acheminement.objects.filter(demande=OuterRef("pk"), accusee_le__isnull=False)
    premiere = Subquery(ouvertures.order_by("accusee_le").values("accusee_le")[:1])
    mesures: dict[str, Any] = {}
    for nom in ("ouverture", "decision"):
        decidee = Q(etat__in=DECISIONS) if nom == "decision" else Q(pk__isnull=False)
        mesures[f"{nom}_nombre"] = Count(nom, filter=decidee)
        mesures[f"{nom}_mediane"] = Percentile(nom, "0.5", filter=decidee)
        mesures[f"{nom}_decile"] = Percentile(nom, "0.9", filter=decidee)
        for rang, condition in enumerate(_classes(nom)):
            mesures[f"{nom}_{rang}"] = Count("pk", filter=decidee & condition)
    return demandes.annotate(
        ouverture=ExpressionWrapper(premiere - F("deposee_le"), DurationField()),
        decision=ExpressionWrapper(F("decidee_le") - F("deposee_le"), DurationField()),
    ).aggregate(**mesures)


def _classes(nom: str) -> list[Q]:
    """The condition of each class: whole days up to a bound, above the one before."""
    bornes = [timedelta(days=jours + 1) for jours in TRANCHES]
    basses, hautes = [None, *bornes], [*bornes, None]
    return [
        (Q(**{f"{nom}__gte": bas}) if bas else Q(**{f"{nom}__isnull": False}))
        & (Q(**{f"{nom}__lt": haut}) if haut else Q())
        for bas, haut in zip(basses, hautes, strict=True)
    ]


def _delai(mesures: Mapping[str, Any], nom: str) -> Delai:
    return Delai(
        nombre=mesures[f"{nom}_nombre"],
        mediane=mesures[f"{nom}_mediane"],
        decile=mesures[f"{nom}_decile"],
        classes=tuple(mesures[f"{nom}_{rang}"] for rang in range(len(TRANCHES) + 1)),
    )
