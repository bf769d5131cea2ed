"""The numbers of the delivery, read from the database when they are scraped.

Nothing is counted in the processes: whichever worker answers, the numbers are the same. No label
holds more than the code of a desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dossiers.acheminement.bureau.sante import examiner
from dossiers.acheminement.invariant import bilan
from dossiers.acheminement.models import Acheminement, Disjoncteur, Echec
from dossiers.acheminement.querysets import annonces_en_attente
from territoires.organismes.models import Canal

PREFIXE = "portail_"
#: Where a demande is, as `Bilan` names it.
PLACES = ("accusees", "en_attente", "en_quarantaine", "retirees")


class Collecteur(Collector):
    """Every scrape asks the database again."""

    def collect(self) -> Iterator[Metric]:
        instant = timezone.now()
        yield from _invariant(instant)
        yield from _acheminements(instant)
        yield from _disjoncteurs(instant)
        yield from _compteurs()
        yield _jauge("pret", "1 when /sante/pret/ answers 200", float(examiner().pret))


#: Of its own: no metric of the process, which would differ from one worker to the next.
REGISTRE = CollectorRegistry(auto_describe=False)
REGISTRE.register(Collecteur())


def _invariant(instant: datetime) -> Iterator[Metric]:
    compte = bilan()
    yield _jauge("demandes_deposees", "Demandes filed, by the journal", compte.deposees)
    places = GaugeMetricFamily(f"{PREFIXE}demandes", "Demandes by where they are", labels=["place"])
    for place in PLACES:
        places.add_metric([place], getattr(compte, place))
    yield places
    yield _jauge("demandes_perdues", "Filed, and nowhere: must be 0", compte.perdues)
    yield _jauge("demandes_doublons", "At several desks at once: must be 0", compte.doublons)
    yield _jauge(
        "plus_ancienne_due_secondes",
        "Seconds since the oldest demande to route or hand over was due; 0 when none is",
        _secondes(compte.plus_ancienne_due, instant),
    )


def _acheminements(instant: datetime) -> Iterator[Metric]:
    """How many are not done, and for how long the first of them has not been."""
    tous = Acheminement.objects.order_by()
    lots = (
        ("a_remettre", "To be handed over",
         tous.a_remettre().exclude(annonces_en_attente(instant)), "cree_le", "canal"),
        ("non_accuses", "Handed over, not acknowledged",
         tous.de_reference().non_accuses().with_canal_attendu(), "remise_le", "canal_attendu"),
        ("quarantaine", "Set aside", tous.actifs().en_quarantaine(), "quarantaine_le", "canal"),
        ("taches_humaines", "No reminder moved the desk", tous.taches_humaines(), "a_la_main_le",
         "canal"),
    )  # fmt: skip
    for nom, sens, lignes, depuis, par in lots:
        groupes = lignes.values_list(par).annotate(n=Count("pk"), d=Min(depuis))
        comptes = {canal: (nombre, debut) for canal, nombre, debut in groupes}
        nombres = GaugeMetricFamily(f"{PREFIXE}acheminements_{nom}", sens, labels=["canal"])
        ages = GaugeMetricFamily(
            f"{PREFIXE}acheminements_{nom}_age_secondes",
            f"{sens}: seconds since the oldest was; 0 when there is none",
            labels=["canal"],
        )
        for canal in Canal.values:
            nombre, debut = comptes.get(canal, (0, None))
            nombres.add_metric([canal], nombre)
            ages.add_metric([canal], _secondes(debut, instant))
        yield nombres
        yield ages


def _disjoncteurs(instant: datetime) -> Iterator[Metric]:
    ouverts = GaugeMetricFamily(
        f"{PREFIXE}disjoncteur_ouvert",
        "1 while nothing is sent to the desk; only desks that failed once are told",
        labels=["guichet", "canal"],
    )
    suite = GaugeMetricFamily(
        f"{PREFIXE}disjoncteur_echecs", "Failures in a row", labels=["guichet", "canal"]
    )
    for disjoncteur in Disjoncteur.objects.select_related("guichet"):
        etiquettes = [disjoncteur.guichet.code, disjoncteur.canal]
        ouverts.add_metric(etiquettes, float(disjoncteur.est_ouvert(instant)))
        suite.add_metric(etiquettes, disjoncteur.echecs)
    yield ouverts
    yield suite


def _compteurs() -> Iterator[Metric]:
    """What only grows: rows that are never deleted but by a purge, after which Prometheus takes
    them for counters that started again.
    """
    remises = CounterMetricFamily(
        f"{PREFIXE}remises", "Handed over since the beginning", labels=["canal"]
    )
    faites = Acheminement.objects.filter(remise_le__isnull=False)
    comptes = dict(_par(faites, "canal"))
    for canal in Canal.values:
        remises.add_metric([canal], comptes.get(canal, 0))
    yield remises
    echecs = CounterMetricFamily(
        f"{PREFIXE}echecs", "Failed attempts since the beginning", labels=["genre"]
    )
    comptes = dict(_par(Echec.objects.all(), "genre"))
    for genre in Echec.Genre.values:
        echecs.add_metric([genre], comptes.get(genre, 0))
    yield echecs


def _par(lignes: QuerySet[Acheminement] | QuerySet[Echec], champ: str) -> Iterator[tuple[str, int]]:
    # The column that groups is counted: an index that holds it suffices.
    yield from lignes.order_by().values_list(champ).annotate(n=Count(champ))


def _jauge(nom: str, sens: str, valeur: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIXE}{nom}", sens, value=valeur)


def _secondes(depuis: datetime | None, instant: datetime) -> float:
    return max(0.0, (instant - depuis).total_seconds()) if depuis else 0.0
