"""Every write of the facts laid flat: at a deposit, all over again, and when places change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from aides.criteres.faits import Faits
from aides.criteres.valeurs import FaitsInvalides, depuis_json
from dossiers.faits import faits_json, resolveur
from dossiers.models import Dossier, VersionDossier
from dossiers.rapprochement.models import ActualisationLieux, FaitsDossier
from dossiers.rapprochement.models.faits import LIEUX, colonne_insee
from dossiers.rapprochement.projection import EDITION, colonnes_du_lieu, ligne
from portal.socle.journal import consigner
from territoires.perimetre import CodeInconnu, codes_du_lieu, empreinte_des_lieux

#: How many versions one transaction lays flat.
LOT = 500


@transaction.atomic(savepoint=False)
def projeter(*, version: VersionDossier, faits: Faits) -> FaitsDossier:
    """Lay flat the version that has just been deposited: it is the current one of its dossier
    from now on. `faits` are those it declares, read for today; the dossier is locked."""
    if version.numero > 1:
        FaitsDossier.objects.filter(dossier=version.dossier_id, courante=True).update(
            courante=False
        )
    rangee = ligne(version, faits, courante=True)
    rangee.save(force_insert=True)
    return rangee


# ------------------------------------------------------------------ all over again


@dataclass(frozen=True, slots=True)
class Avancement:
    """After a batch: how many versions are done of how many, the primary key of the last one,
    and those of the versions of this batch whose facts cannot be read any more."""

    faites: int
    total: int
    derniere: int
    illisibles: tuple[int, ...]


def reprojeter(*, tout: bool = False, depuis: int = 0, lot: int = LOT) -> Iterator[Avancement]:
    """Make the rows that are missing, or that another edition made; every one with `tout`.

    One transaction per batch, in the order of the versions after `depuis` (a primary key): what
    was interrupted takes up where it stopped, by itself without `tout`, else from `depuis`.
    """
    # An erased content has nothing left to lay flat.
    conservees = VersionDossier.objects.filter(dossier__efface_le__isnull=True)
    a_faire = conservees.filter(pk__gt=depuis).order_by("pk")
    if not tout:
        a_jour = FaitsDossier.objects.filter(version=OuterRef("pk"), edition=EDITION)
        a_faire = a_faire.filter(~Exists(a_jour))
    resoudre = cache(resolveur(timezone.localdate()))
    total, faites, derniere = a_faire.count(), 0, depuis
    while versions := list(a_faire.filter(pk__gt=derniere).values_list("pk", flat=True)[:lot]):
        illisibles = _projeter_lot(versions, resoudre)
        faites, derniere = faites + len(versions), versions[-1]
        yield Avancement(faites, total, derniere, illisibles)


@transaction.atomic
def _projeter_lot(
    versions: list[int], resoudre: Callable[[str], frozenset[str]]
) -> tuple[int, ...]:
    """Lay these versions flat again; returns those that cannot be read, whose row stays as it is.

    Their dossiers are locked, as a deposit locks its own: no newer version comes meanwhile.
    """
    dossiers = Dossier.objects.filter(versions__in=versions).distinct().values("pk")
    list(Dossier.objects.filter(pk__in=dossiers).select_for_update().order_by("pk"))
    plus_recente = VersionDossier.objects.filter(
        dossier=OuterRef("dossier"), numero__gt=OuterRef("numero")
    )
    lues, illisibles = [], []
    for version in (
        VersionDossier.objects.filter(pk__in=versions)
        .select_related("dossier")
        .annotate(courante=~Exists(plus_recente))
        .order_by("pk")
    ):
        try:
            faits = depuis_json(faits_json(version.contenu["faits"]), resoudre)
        except FaitsInvalides:
            illisibles.append(version.pk)
        else:
            lues.append(ligne(version, faits, courante=version.courante))
    FaitsDossier.objects.filter(
        dossier__in=[rangee.dossier_id for rangee in lues if rangee.courante], courante=True
    ).update(courante=False)
    FaitsDossier.objects.bulk_create(
        lues, update_conflicts=True, unique_fields=["version"], update_fields=_COLONNES
    )
    return tuple(illisibles)


_COLONNES = [champ.name for champ in FaitsDossier._meta.concrete_fields if not champ.primary_key]


# ------------------------------------------------------------------ when places change


def actualiser_lieux(le: date | None = None) -> ActualisationLieux | None:
    """Write again the places of the current rows whose commune carries other codes on the day
    `le` (today): a zone or a geographic code was loaded, or a zone came into force.

    Costs three small queries when nothing was loaded since the last time that day: beat asks every
    minute, and reverse matching before it begins. Interrupted, it starts over. Returns what was
    done, None if nothing was to do.
    """
    le = le or timezone.localdate()
    empreinte = empreinte_des_lieux(le)
    derniere = ActualisationLieux.objects.order_by("-pk").first()
    if derniere is not None and (derniere.le, derniere.empreinte) == (le, empreinte):
        return None
    lignes = sum(_actualiser(lieu, le) for lieu in LIEUX)
    return _noter(le, empreinte, lignes)


def _actualiser(lieu: str, le: date) -> int:
    """How many rows of this place were written again; a commune that no loaded edition knows
    keeps its codes."""
    insee = colonne_insee(lieu)
    courantes = FaitsDossier.objects.courantes()
    stockes = courantes.exclude(**{insee: ""}).values_list(insee, lieu).distinct()
    lignes = 0
    for commune, codes in stockes.iterator():
        try:
            actuels = codes_du_lieu(commune, le)
        except CodeInconnu:
            continue
        if codes != sorted(actuels):
            perimees = courantes.filter(**{insee: commune, lieu: codes})
            lignes += perimees.update(**colonnes_du_lieu(lieu, actuels))
    return lignes


@transaction.atomic
def _noter(le: date, empreinte: str, lignes: int) -> ActualisationLieux:
    actualisation = ActualisationLieux.objects.create(le=le, empreinte=empreinte, lignes=lignes)
    consigner(verbe="lieux_actualises", objet=actualisation, le=le, lignes=lignes)
    return actualisation
