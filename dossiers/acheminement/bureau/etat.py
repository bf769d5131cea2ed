"""How each desk's channel is doing: counted in the database, judged here.

Seven queries whatever the number of desks, each on a partial index that holds only what is not
done, or only the last seven days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from dossiers.acheminement.bureau.causes import Cause, expliquer
from dossiers.acheminement.models import Acheminement, Disjoncteur, Echec
from dossiers.acheminement.querysets import AcheminementQuerySet, annonces_en_attente
from territoires.organismes.models import Canal, Guichet

JOUR, SEMAINE = timedelta(days=1), timedelta(days=7)
#: Under this share of successes in a day, or over this wait, a channel is slowed down.
PART_SAINE = 95
ATTENTE_SAINE = timedelta(minutes=5)

#: A desk and a channel.
Cle = tuple[int, str]
#: Which desks, as the arguments of `filter`; empty for all.
Filtre = dict[str, list[int]]


class Sante(StrEnum):
    """In a word, the worst first."""

    EN_PANNE = "en_panne"
    COUPE = "coupe"
    RALENTI = "ralenti"
    RETABLI = "retabli"
    SAIN = "sain"
    AU_REPOS = "au_repos"


@dataclass(frozen=True, slots=True)
class Taux:
    """Attempts of a window: handed over, and failed."""

    remises: int = 0
    echecs: int = 0

    @property
    def part(self) -> int | None:
        """Successes in a hundred, rounded down: 100 only when nothing failed. None without any
        attempt.
        """
        total = self.remises + self.echecs
        return 100 * self.remises // total if total else None


@dataclass(frozen=True, slots=True)
class Attente:
    """How many wait, and since when the first of them."""

    nombre: int = 0
    depuis: datetime | None = None


@dataclass(slots=True)
class Ligne:
    """One desk's channel, now."""

    guichet: Guichet
    canal: Canal
    instant: datetime
    a_remettre: Attente = field(default_factory=Attente)
    #: Announcements that wait until what they announce is handed over.
    annonces: int = 0
    #: When what is to be handed over is next tried, whatever holds its desk back.
    prochaine: datetime | None = None
    non_accuses: Attente = field(default_factory=Attente)
    quarantaine: int = 0
    jour: Taux = field(default_factory=Taux)
    semaine: Taux = field(default_factory=Taux)
    disjoncteur: Disjoncteur | None = None
    #: The first failure of the last day, the last one and the last success of the last week.
    premier_echec_le: datetime | None = None
    dernier_echec: Echec | None = None
    derniere_remise_le: datetime | None = None

    @property
    def de_reference(self) -> bool:
        return self.canal == self.guichet.canal

    @property
    def role(self) -> str:
        """What it is for, when it is not how demandes reach the desk today."""
        if self.de_reference:
            return ""
        annonce = self.canal == Canal.COURRIEL and not self.non_accuses.nombre
        return "annonce" if annonce else "canal précédent"

    @property
    def ouvert_jusqu_a(self) -> datetime | None:
        """Until when nothing is sent; None when it is."""
        if self.disjoncteur is None or not self.disjoncteur.est_ouvert(self.instant):
            return None
        return self.disjoncteur.ouvert_jusqu_a

    @property
    def a_l_essai(self) -> bool:
        """Cut off by failures, and waiting for the trial that would let it all through."""
        return (
            self.disjoncteur is not None
            and self.disjoncteur.est_declenche
            and self.ouvert_jusqu_a is None
        )

    @property
    def coupe_a_la_main(self) -> bool:
        return (
            self.ouvert_jusqu_a is not None
            and self.disjoncteur is not None
            and not self.disjoncteur.est_declenche
        )

    @property
    def cause(self) -> Cause | None:
        """The last failure in plain words, as long as something is the matter."""
        if self.dernier_echec is None or self.sante in {Sante.SAIN, Sante.AU_REPOS}:
            return None
        return expliquer(self.dernier_echec.motif)

    @property
    def a_reparer(self) -> bool:
        """Something is the matter now, and waits: somebody calls the desk, and replays."""
        attend = self.a_remettre.nombre or self.quarantaine
        return bool(attend) and self.cause is not None

    @property
    def sante(self) -> Sante:
        coupe = self.ouvert_jusqu_a is not None or self.a_l_essai
        bloque = coupe or self.quarantaine or self.jour.echecs
        attend = self.a_remettre.nombre or self.quarantaine
        if bloque and attend and not self.jour.remises and not self.coupe_a_la_main:
            return Sante.EN_PANNE
        if coupe:
            return Sante.COUPE
        if self.quarantaine or self._est_lent:
            return Sante.RETABLI if self._est_retabli else Sante.RALENTI
        agit = attend or self.annonces or self.non_accuses.nombre or self.semaine.part is not None
        return Sante.SAIN if agit else Sante.AU_REPOS

    @property
    def prochain_essai(self) -> datetime | None:
        """When something is next sent; None when nothing waits, or it goes at the next sweep."""
        if self.prochaine is None:
            return None
        quand = max(self.prochaine, self.ouvert_jusqu_a or self.prochaine)
        return quand if quand > self.instant else None

    @property
    def _est_retabli(self) -> bool:
        """Nothing waits, and what came last passed."""
        if self.quarantaine or self.a_remettre.nombre or self.derniere_remise_le is None:
            return False
        return self.dernier_echec is not None and self.derniere_remise_le > self.dernier_echec.le

    @property
    def _est_lent(self) -> bool:
        part, depuis = self.jour.part, self.a_remettre.depuis
        if self.role == "annonce":
            depuis = None  # it waits for what it announces
        return (part is not None and part < PART_SAINE) or (
            depuis is not None and self.instant - depuis > ATTENTE_SAINE
        )

    @property
    def _rang(self) -> tuple[int, int, datetime, str, str]:
        pires = list(Sante)
        depuis = self.a_remettre.depuis or self.instant
        return pires.index(self.sante), -self.quarantaine, depuis, self.guichet.nom, self.canal


def lignes(guichets: QuerySet[Guichet], *, tous: bool) -> list[Ligne]:
    """Every channel of these desks, the worst first. `tous`: they are all the desks there are."""
    instant = timezone.now()
    connus = {g.pk: g for g in guichets.select_related("organisme")}
    filtre = {} if tous else {"guichet__in": list(connus)}
    par_cle: dict[Cle, Ligne] = {}

    def ligne(cle: Cle) -> Ligne | None:
        """None for a desk created since `connus` was read."""
        if cle not in par_cle and cle[0] in connus:
            par_cle[cle] = Ligne(connus[cle[0]], Canal(cle[1]), instant)
        return par_cle.get(cle)

    for guichet in connus.values():
        ligne((guichet.pk, guichet.canal))
    for cle, champ, valeur in _mesures(filtre, instant):
        if (cible := ligne(cle)) is not None:
            setattr(cible, champ, valeur)
    return sorted(par_cle.values(), key=lambda une: une._rang)


def _mesures(filtre: Filtre, instant: datetime) -> Iterator[tuple[Cle, str, object]]:
    """(desk and channel, field of `Ligne`, its value), for what is not zero."""
    lots = Acheminement.objects.filter(**filtre).order_by()
    yield from _a_remettre(lots, instant)
    non_accuses = lots.de_reference().non_accuses().with_canal_attendu()
    for cle, attente in _attentes(non_accuses, "remise_le", "canal_attendu"):
        yield cle, "non_accuses", attente
    for cle, attente in _attentes(lots.actifs().en_quarantaine(), "quarantaine_le"):
        yield cle, "quarantaine", attente.nombre
    yield from _taux(filtre, instant)
    for disjoncteur in Disjoncteur.objects.filter(**filtre):
        yield (disjoncteur.guichet_id, disjoncteur.canal), "disjoncteur", disjoncteur
    for echec in derniers_echecs(filtre, instant):
        etape = echec.acheminement
        yield (etape.guichet_id, etape.canal), "dernier_echec", echec


def _a_remettre(lots: AcheminementQuerySet, instant: datetime) -> Iterator[tuple[Cle, str, object]]:
    annonce = annonces_en_attente(instant)
    groupes = lots.a_remettre().values_list("guichet", "canal")
    comptes = groupes.annotate(
        n=Count("pk", filter=~annonce),
        d=Min("cree_le", filter=~annonce),
        p=Min("prochaine_tentative", filter=~annonce),
        a=Count("pk", filter=annonce),
    )
    for guichet, canal, nombre, debut, prochaine, annonces in comptes:
        yield (guichet, canal), "a_remettre", Attente(nombre, debut)
        yield (guichet, canal), "prochaine", prochaine
        yield (guichet, canal), "annonces", annonces


def _attentes(
    acheminements: QuerySet[Acheminement], depuis: str, par: str = "canal"
) -> Iterator[tuple[Cle, Attente]]:
    groupes = acheminements.values_list("guichet", par)
    for guichet, canal, nombre, debut in groupes.annotate(n=Count("pk"), d=Min(depuis)):
        yield (guichet, canal), Attente(nombre, debut)


def _taux(filtre: Filtre, instant: datetime) -> Iterator[tuple[Cle, str, object]]:
    """Successes and failures of the last day and of the last week, and when."""
    semaine, jour = instant - SEMAINE, instant - JOUR
    remises = _comptes(
        Acheminement.objects.filter(**filtre, remise_le__gte=semaine)
        .values_list("guichet", "canal")
        .annotate(
            semaine=Count("canal"),
            jour=Count("canal", filter=Q(remise_le__gte=jour)),
            quand=Max("remise_le"),
        )
    )
    echecs = _comptes(
        Echec.objects.filter(**_des_acheminements(filtre), le__gte=semaine)
        .values_list("acheminement__guichet", "acheminement__canal")
        .annotate(
            semaine=Count("pk"),
            jour=Count("pk", filter=Q(le__gte=jour)),
            quand=Min("le", filter=Q(le__gte=jour)),
        )
    )
    for cle in remises.keys() | echecs.keys():
        reussis, reussis_jour, derniere = remises[cle]
        rates, rates_jour, premier = echecs[cle]
        yield cle, "semaine", Taux(reussis, rates)
        yield cle, "jour", Taux(reussis_jour, rates_jour)
        yield cle, "derniere_remise_le", derniere
        yield cle, "premier_echec_le", premier


#: How many in a week, in a day, and one of their instants.
Compte = tuple[int, int, datetime | None]


def _comptes(groupes: QuerySet[Any, Any]) -> Mapping[Cle, Compte]:
    comptes: dict[Cle, Compte] = defaultdict(lambda: (0, 0, None))
    for guichet, canal, *compte in groupes.order_by():
        semaine, jour, quand = compte
        comptes[guichet, canal] = semaine, jour, quand
    return comptes


def derniers_echecs(filtre: Filtre, instant: datetime) -> QuerySet[Echec]:
    """The last failure of each desk's channel, of the last seven days."""
    return (
        Echec.objects.filter(**_des_acheminements(filtre), le__gte=instant - SEMAINE)
        .select_related("acheminement")
        .order_by("acheminement__guichet_id", "acheminement__canal", "-le", "-pk")
        .distinct("acheminement__guichet_id", "acheminement__canal")
    )


def _des_acheminements(filtre: Filtre) -> Filtre:
    """The same condition on desks, seen from a failure."""
    return {f"acheminement__{champ}": valeur for champ, valeur in filtre.items()}
