"""Reverse matching: every write, each safe to repeat and to interrupt anywhere.

A publication waits as a row. A worker takes the lease of its run, compares the dossiers batch by
batch in the order of their versions, then tells those who asked to know: each batch, and each
person told, is one transaction with the mark that says it is done.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Value
from django.utils import timezone

from aides.models import Publication
from dossiers.rapprochement.actes_projection import actualiser_lieux
from dossiers.rapprochement.inverse.annonces import annoncer_changement
from dossiers.rapprochement.inverse.comparaison import Comparaison
from dossiers.rapprochement.inverse.effets import Sens
from dossiers.rapprochement.models import Alerte, Changement, FaitsDossier, RechercheInverse
from dossiers.rapprochement.querysets import FaitsDossierQuerySet
from portal.socle.journal import consigner

journal = logging.getLogger(__name__)

#: A worker that holds a run longer than this without a batch is taken for dead.
BAIL = timedelta(minutes=2)
#: Delay before each new attempt at a run that fails, then daily.
REPRISES = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(days=1),
)
#: How many dossiers one batch compares.
LOT = 2_000
#: How many runs one sweep takes: the next one, seconds later, takes the rest.
RECHERCHES = 50


class BailPerdu(Exception):
    """Another worker has the run: what this one was writing is undone."""


def rechercher() -> int:
    """Take up every publication that waits, and what a dead worker left; how many runs."""
    ouvrir()
    dues = list(RechercheInverse.objects.dues(timezone.now()).values_list("pk", flat=True))
    for pk in dues[:RECHERCHES]:
        mener(recherche_id=pk)
    return len(dues[:RECHERCHES])


@transaction.atomic
def ouvrir() -> int:
    """A run for each publication that has none; how many. Two at once do no harm."""
    lancees = RechercheInverse.objects.filter(publication=OuterRef("pk"))
    nouvelles = [
        RechercheInverse(publication=publication)
        for publication in Publication.objects.filter(~Exists(lancees)).order_by("pk")
    ]
    RechercheInverse.objects.bulk_create(nouvelles, ignore_conflicts=True)
    return len(nouvelles)


def mener(
    *,
    recherche_id: int,
    lot: int = LOT,
    avancer: Callable[[RechercheInverse], object] = lambda recherche: None,
) -> bool:
    """Lead a run to its end; False when it is not due, was lost to another, or fails and will be
    tried again from where it stopped. `avancer` is called after each batch.
    """
    jeton = _prendre(recherche_id)
    if jeton is None:
        return False
    recherche = RechercheInverse.objects.select_related(
        "publication__aide__version", "publication__avant", "publication__apres"
    ).get(pk=recherche_id)
    try:
        if recherche.comparee_le is None:
            _comparer(recherche, jeton, lot, avancer)
        echecs = _annoncer(recherche, jeton)
        if echecs:
            return _rendre(recherche, jeton, f"{echecs} annonces en échec")
        return _terminer(recherche, jeton)
    except BailPerdu:
        return False
    except Exception as erreur:  # whatever the failure, it is tried again, never lost
        journal.exception("Recherche inverse %s en échec", recherche_id)
        return _rendre(recherche, jeton, f"{type(erreur).__name__} : {erreur}")


# ------------------------------------------------------------------ the lease


def _prendre(recherche_id: int) -> uuid.UUID | None:
    """Count the attempt and take the lease, in one UPDATE; None if another has the run."""
    jeton, maintenant = uuid.uuid4(), timezone.now()
    prises = (
        RechercheInverse.objects.dues(maintenant)
        .order_by()
        .filter(pk=recherche_id)
        .update(jeton=jeton, bail_jusqu_a=maintenant + BAIL, tentatives=F("tentatives") + 1)
    )
    return jeton if prises else None


def _inscrire(recherche: RechercheInverse, jeton: uuid.UUID, champs: Mapping[str, Any]) -> None:
    """Write the progress and renew the lease. Raises BailPerdu when it is another's."""
    ecrits = {"bail_jusqu_a": timezone.now() + BAIL, **champs}
    if not RechercheInverse.objects.filter(pk=recherche.pk, jeton=jeton).update(**ecrits):
        raise BailPerdu
    for nom, valeur in ecrits.items():
        setattr(recherche, nom, valeur)


def _rendre(recherche: RechercheInverse, jeton: uuid.UUID, erreur: str) -> bool:
    """Give the run back for a later attempt, with the error, unless the lease was lost."""
    delai = REPRISES[min(recherche.tentatives, len(REPRISES)) - 1]
    RechercheInverse.objects.filter(pk=recherche.pk, jeton=jeton).update(
        jeton=None,
        bail_jusqu_a=None,
        prochaine_tentative=timezone.now() + delai,
        derniere_erreur=erreur[:500],
    )
    return False


@transaction.atomic
def _terminer(recherche: RechercheInverse, jeton: uuid.UUID) -> bool:
    fin = {
        "jeton": None, "bail_jusqu_a": None, "prochaine_tentative": None,
        "derniere_erreur": "", "terminee_le": timezone.now(),
    }  # fmt: skip
    _inscrire(recherche, jeton, fin)
    nombres = dict(recherche.changements.values_list("sens").annotate(Count("pk")).order_by())
    consigner(
        verbe="recherche_inverse_terminee", objet=recherche, examines=recherche.examines,
        **{sens.value: nombres.get(sens.value, 0) for sens in Sens},
    )  # fmt: skip
    return True


# ------------------------------------------------------------------ comparing


def _comparer(
    recherche: RechercheInverse,
    jeton: uuid.UUID,
    lot: int,
    avancer: Callable[[RechercheInverse], object],
) -> None:
    """Compare the dossiers left, batch by batch. Raises BailPerdu, EchangeInvalide."""
    comparaison = Comparaison.de_publication(recherche.publication)
    if recherche.commencee_le is None:
        avant = recherche.publication.le
        if FaitsDossier.objects.filter(dossier__depose_le__lt=avant).exists():
            # A zone loaded a moment ago must not refuse the communes that it holds.
            actualiser_lieux()
        total = _a_examiner(recherche, comparaison).count()
        _inscrire(recherche, jeton, {"total": total, "commencee_le": timezone.now()})
    while recherche.total and _comparer_lot(recherche, jeton, comparaison, lot):
        avancer(recherche)
    _inscrire(recherche, jeton, {"comparee_le": timezone.now()})


def _a_examiner(recherche: RechercheInverse, comparaison: Comparaison) -> FaitsDossierQuerySet:
    """The dossiers that may change, and that were there first: the others were matched at their
    deposit with what this publication says, so that a first load of the catalogue has nobody to
    tell."""
    avant = recherche.publication.le
    return comparaison.possibles().filter(dossier__depose_le__lt=avant)


@transaction.atomic
def _comparer_lot(
    recherche: RechercheInverse, jeton: uuid.UUID, comparaison: Comparaison, lot: int
) -> bool:
    """One batch: what changes, and the cursor after it, or neither. False after the last."""
    reste = _a_examiner(recherche, comparaison).filter(pk__gt=recherche.curseur)
    pks = reste.order_by("pk").values("pk")[:lot]
    borne = FaitsDossier.objects.filter(pk__in=pks).aggregate(fin=Max("pk"), nombre=Count("pk"))
    if not borne["nombre"]:
        return False
    _inserer(recherche, comparaison.changements(reste.filter(pk__lte=borne["fin"])))
    examines = recherche.examines + borne["nombre"]
    _inscrire(recherche, jeton, {"curseur": borne["fin"], "examines": examines})
    return True


def _inserer(recherche: RechercheInverse, changements: FaitsDossierQuerySet) -> None:
    """INSERT … SELECT: the rows never leave the database. A dossier is written once a run."""
    colonnes = ("recherche_id", "dossier_id", "version_dossier_id", "avant", "apres", "sens")
    lignes = changements.annotate(recherche_id=Value(recherche.pk)).values_list(
        "recherche_id", "dossier_id", "version_id", "avant", "apres", "sens"
    )
    sql, parametres = lignes.query.sql_with_params()
    table = Changement._meta.db_table
    with connection.cursor() as curseur:
        curseur.execute(
            f"INSERT INTO {table} ({', '.join(colonnes)}) {sql} ON CONFLICT DO NOTHING",
            parametres,
        )


# ------------------------------------------------------------------ telling


def _annoncer(recherche: RechercheInverse, jeton: uuid.UUID) -> int:
    """Tell those who asked to know of what they gain; how many could not be told.

    Nothing is told of an aide that has changed again since: its own run does.
    """
    publication = recherche.publication
    if publication.aide.version_id != publication.apres_id:
        return 0
    a_annoncer = recherche.changements.filter(
        Exists(Alerte.objects.filter(dossier=OuterRef("dossier"))),
        sens=Sens.GAGNE,
        annonce_le__isnull=True,
    )
    echecs = 0
    for pk in list(a_annoncer.order_by("pk").values_list("pk", flat=True)):
        try:
            _annoncer_un(recherche, jeton, pk)
        except BailPerdu:
            raise
        except Exception:  # one dossier that cannot be read must not silence the others
            journal.exception("Changement %s : annonce en échec", pk)
            echecs += 1
    return echecs


@transaction.atomic
def _annoncer_un(recherche: RechercheInverse, jeton: uuid.UUID, pk: int) -> None:
    """One dossier: the messages and the mark that they were written, or neither."""
    changement = (
        Changement.objects.select_for_update(of=("self",))
        .select_related("dossier__entreprise", "version_dossier")
        .get(pk=pk)
    )
    if changement.annonce_le is not None:
        return
    if annoncer_changement(changement=changement, publication=recherche.publication):
        changement.annonce_le = timezone.now()
        changement.save(update_fields=["annonce_le"])
    _inscrire(recherche, jeton, {})
