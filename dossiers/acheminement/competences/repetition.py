"""What a change of competence would do, before it is applied. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from dossiers.acheminement.competences.couverture import (
    Case,
    besoins_au,
    cases,
    codes_employes,
    instructeurs_des,
    lieux_de,
    repondre,
)
from dossiers.circuit import Etat as EtatDemande
from dossiers.models import Demande
from portal.comptes.models import User
from territoires.models import Commune
from territoires.organismes.actes.changements import defauts_de
from territoires.organismes.competences import Egalite, Resolution, resoudre
from territoires.organismes.models import ChangementCompetences, Competence, Guichet
from territoires.organismes.operations import Effet, apres_les, effets, empreinte
from territoires.perimetre import codes_des_lieux

#: States in which a person has the demande in hand: moving it is a person's choice.
PRISES_EN_CHARGE = frozenset({EtatDemande.EN_INSTRUCTION, EtatDemande.A_COMPLETER})
#: Days for which holes and ties are compared: today, then the first ones when something changes.
JOURS_MAXIMUM = 4


@dataclass(frozen=True, slots=True)
class Deplacement:
    """A live demande (its key) whose competent desk changes. `de`: the desk that has it, None in
    the human queue; `vers`: None when it goes there, with `file` (`Demande.File`) and its reason.
    """

    demande: int
    dossier: int
    etat: str
    de: int | None
    vers: int | None
    file: str
    motif: str

    @property
    def prise_en_charge(self) -> bool:
        return self.etat in PRISES_EN_CHARGE


@dataclass(frozen=True, slots=True)
class Ecart:
    """A nature and an EPCI (its code) where a hole or a tie opens (`ouvre`) or closes, that day;
    `aides`: whether an open aide needs a desk there."""

    le: date
    nature: str
    epci: str
    avant: Case
    apres: Case
    aides: bool

    @property
    def ouvre_un_trou(self) -> bool:
        return self.apres.sans > self.avant.sans

    @property
    def ouvre(self) -> bool:
        return (self.apres.sans, self.apres.plusieurs) > (self.avant.sans, self.avant.plusieurs)


@dataclass(frozen=True, slots=True)
class Repetition:
    """What applying a change would do. `deplacements`: the demandes that move; `prises`: those
    already taken in charge, which move only if a person asks for it; `laissees`: how many a
    person placed elsewhere than the rules said, and which stay. `jeton` tells two apart."""

    effets: tuple[Effet, ...]
    defauts: dict[int, list[str]]
    deplacements: tuple[Deplacement, ...]
    prises: tuple[Deplacement, ...]
    laissees: int
    ecarts: tuple[Ecart, ...]
    a_venir: date | None
    jeton: str

    @property
    def applicable(self) -> bool:
        return bool(self.effets) and not self.defauts

    @property
    def ouvre_un_trou(self) -> bool:
        """Whether communes that have a desk for a nature would have none."""
        return any(ecart.ouvre_un_trou for ecart in self.ecarts)


def repeter(changement: ChangementCompetences, par: User) -> Repetition:
    """Rehearse, in a number of queries that does not grow with the demandes."""
    avant = list(Competence.objects.with_details().order_by("pk"))
    trouves = effets(changement.operations, avant)
    apres = apres_les(trouves, avant)
    touchees = [c for effet in trouves for c in (effet.avant, effet.apres) if c is not None]
    defauts = {e.rang: [m for _, m in d] for e in trouves if (d := defauts_de(e, par))}
    bouges, laissees = _deplacements(touchees, avant, apres)
    deplacements = tuple(d for d in bouges if not d.prise_en_charge)
    prises = tuple(d for d in bouges if d.prise_en_charge)
    jours = _jours(trouves)
    return Repetition(
        tuple(trouves),
        defauts,
        deplacements,
        prises,
        laissees,
        tuple(_ecarts(touchees, avant, apres, jours)),
        min((jour for jour in jours if jour > timezone.localdate()), default=None),
        empreinte(
            [
                changement.pk,
                changement.revision,
                [[d.demande, d.etat, d.de, d.vers, d.file] for d in bouges],
            ]
        ),
    )


# ------------------------------------------------------------------ the live demandes


def _deplacements(
    touchees: Sequence[Competence], avant: Sequence[Competence], apres: Sequence[Competence]
) -> tuple[list[Deplacement], int]:
    """The live demandes whose desk changes, by key, and how many a person placed and that stay.

    Each is resolved for the day of its deposit, as the router does.
    """
    natures = {competence.nature for competence in touchees}
    lignes = list(_vivantes(touchees, natures))
    versions = {ligne[2] for ligne in lignes}
    instructeurs = instructeurs_des(versions)
    lieux = codes_des_lieux({ligne[4] for ligne in lignes}, timezone.localdate())
    cotes = [{n: [c for c in cote if c.nature == n] for n in natures} for cote in (avant, apres)]
    connues: dict[tuple[object, ...], tuple[Resolution, ...]] = {}
    bouges, laissees = [], 0
    for pk, dossier, version, nature, commune, deposee, guichet, etat, motif in lignes:
        le, organismes = timezone.localdate(deposee), instructeurs.get(version, frozenset())
        cle = (nature, organismes, commune, le)
        if cle not in connues:
            lieu = lieux.get(commune, frozenset())
            connues[cle] = tuple(
                resoudre(cote[nature], nature=nature, lieu=lieu, le=le, organismes=organismes)
                for cote in cotes
            )
        actuelle, future = connues[cle]
        if actuelle == future or _est_a(future, guichet):
            continue
        if motif:
            laissees += 1
        else:
            bouges.append(Deplacement(pk, dossier, etat, guichet, *_arrivee(future)))
    return bouges, laissees


def _vivantes(touchees: Sequence[Competence], natures: set[str]) -> Iterable[tuple[Any, ...]]:
    """Those that the rules placed, or could not place, and that these competences may concern.
    What is still on its way to a desk goes by the rules in force when it gets there."""
    if not touchees:
        return []
    lieux = {code for competence in touchees for code in competence.perimetre}
    debut = min(competence.debut for competence in touchees)
    minuit = timezone.make_aware(datetime.combine(debut, time.min))
    return (
        Demande.objects.en_cours()
        .exclude(etat=EtatDemande.A_ROUTER, file__in=["", Demande.File.REORIENTEE])
        .filter(
            version_aide__nature__in=natures,
            deposee_le__gte=minuit,
            commune__in=Commune.objects.dans(lieux).order_by().values("pk"),
        )
        .order_by("pk")
        .values_list(
            "pk",
            "dossier_id",
            "version_aide_id",
            "version_aide__nature",
            "commune_id",
            "deposee_le",
            "guichet_id",
            "etat",
            "motif_orientation",
        )
    )


def _est_a(resolution: Resolution, guichet: int | None) -> bool:
    """Whether a demande is where this resolution puts it: at that desk, or in the human queue."""
    return (resolution.pk if isinstance(resolution, Guichet) else None) == guichet


def _arrivee(resolution: Resolution) -> tuple[int | None, str, str]:
    if isinstance(resolution, Guichet):
        return resolution.pk, "", ""
    plusieurs = isinstance(resolution, Egalite)
    file = Demande.File.PLUSIEURS_GUICHETS if plusieurs else Demande.File.SANS_GUICHET
    return None, file.value, resolution.motif


def compter(deplacements: Iterable[Deplacement]) -> list[tuple[int | None, int | None, int]]:
    """From which desk to which, and how many; the most first."""
    nombres = Counter((d.de, d.vers) for d in deplacements)
    return [(de, vers, nombre) for (de, vers), nombre in nombres.most_common()]


# ------------------------------------------------------------------ holes and ties


def _jours(trouves: Iterable[Effet]) -> list[date]:
    """Today, and the first days to come on which one of the effects begins or ends."""
    le = timezone.localdate()
    bornes = {
        jour
        for effet in trouves
        for c in (effet.avant, effet.apres)
        if c is not None
        for jour in (c.debut, c.fin + timedelta(days=1) if c.fin else None)
        if jour is not None and jour > le
    }
    return [le, *sorted(bornes)][:JOURS_MAXIMUM]


def ecarts_sans(competences: Sequence[Competence]) -> list[Ecart]:
    """What would open and close today without these competences: when their desk closes."""
    natures = {competence.nature for competence in competences}
    toutes = list(
        Competence.objects.filter(nature__in=natures).select_related("guichet__organisme")
    )
    retirees = {competence.pk for competence in competences}
    restent = [competence for competence in toutes if competence.pk not in retirees]
    return list(_ecarts(competences, toutes, restent, [timezone.localdate()]))


def _ecarts(
    touchees: Sequence[Competence],
    avant: Sequence[Competence],
    apres: Sequence[Competence],
    jours: Iterable[date],
) -> Iterable[Ecart]:
    """The holes and ties that the change opens or closes, where it holds: what is the same on two
    days is said of the first."""
    natures = {competence.nature for competence in touchees}
    couvertes = {code for competence in touchees for code in competence.perimetre}
    communes = Commune.objects.actuelles().dans(couvertes)
    cotes = [[c for c in cote if c.nature in natures] for cote in (avant, apres)]
    dits: set[tuple[object, ...]] = set()
    for le in jours:
        besoins = besoins_au(le, natures)
        avec_aides = {besoin.nature for besoin in besoins if besoin.aides}
        lieux = lieux_de(communes, codes_employes([*cotes[0], *cotes[1]], besoins))
        tables = [cases(lieux, repondre(lieux, cote, besoins, le)) for cote in cotes]
        for cle in sorted(tables[0]):
            epci, nature = cle
            ecart = Ecart(le, nature, epci, tables[0][cle], tables[1][cle], nature in avec_aides)
            vu = (nature, epci, ecart.avant, ecart.apres)
            if _different(ecart) and vu not in dits:
                dits.add(vu)
                yield ecart


def _different(ecart: Ecart) -> bool:
    avant, apres = ecart.avant, ecart.apres
    return (avant.sans, avant.plusieurs) != (apres.sans, apres.plusieurs)
