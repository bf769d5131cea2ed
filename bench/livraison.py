"""Handing over: a backlog drained by more and more workers, and what claiming a row costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from bench.processus import CELERY, attendre, environnement, processus
from bench.rapport import Chiffre
from dossiers.acheminement.actes import balayer, remise
from dossiers.acheminement.models import Acheminement
from dossiers.acheminement.taches import balayer as indice
from dossiers.models import Demande
from portal.celery import app

ARRIERE = 10_000
OUVRIERS = (1, 2, 4)
#: Milliseconds that a desk's system takes to answer, across a network.
LATENCE = 20
#: Seconds of each run that count, once every worker is at work.
FENETRE = 8.0
FAITES = (1_000, 1_000_000)
#: Claims in one turn, and turns: what one waits for is the median of the quietest.
PRISES, TOURS = 30, 10
#: Above every number that the portal gave.
BASE = 1_000_000_000


class ArretPremature(Exception):
    """A run of the bench that measures nothing."""


def mesurer(dire: Callable[[str], None]) -> list[Chiffre]:
    """The figures; needs a demande handed over in the base (`bench.depots` leaves many)."""
    _ecouler_le_reste()
    modele = Acheminement.objects.filter(de_reference=True).select_related("demande").latest("pk")
    debits = {}
    for ouvriers in OUVRIERS:
        with _arriere(modele):
            debits[ouvriers] = _debit(ouvriers)
        dire(f"arriéré : {debits[ouvriers]:.0f} remises par seconde à {ouvriers} processus")
    prises = {}
    for faites in FAITES:
        _faire(faites, modele)
        with _arriere(modele, 2 * PRISES * TOURS):
            _reposer()
            prises[faites] = _prise()
        dire(f"prise d’une ligne : {prises[faites]:.2f} ms, {faites} lignes faites")
    return _chiffres(debits, prises)


def _chiffres(debits: dict[int, float], prises: dict[int, float]) -> list[Chiffre]:
    seul, tous = debits[1], debits[OUVRIERS[-1]]
    peu, beaucoup = (prises[faites] for faites in FAITES)
    return [
        Chiffre(
            "arriere_debit", f"Arriéré de {ARRIERE:,}".replace(",", " ") + f", {n} processus",
            f"Backlog of {ARRIERE:,}, {n} worker process{'es' if n > 1 else ''}",
            debits[n], "/s", f"1 processus, guichet répondant en {LATENCE} ms", debits[n] / seul,
            *(("> 1", tous > debits[2] > seul) if n == OUVRIERS[-1] else ()),
        )
        for n in OUVRIERS
    ] + [
        Chiffre(
            "prise", "Prendre une ligne, 1 000 000 faites", "Claiming a row, 1,000,000 done",
            beaucoup, "ms", "avec 1 000 faites", beaucoup / peu, "≤ 1,2", beaucoup <= 1.2 * peu,
        )
    ]  # fmt: skip


def _ecouler_le_reste() -> None:
    while balayer():
        pass


def _debit(ouvriers: int) -> float:
    """Handings over a second once every worker is at work."""
    app.control.purge()  # what a run before this one called for
    env = environnement(BENCH_LATENCE=str(LATENCE))
    with processus(*CELERY, "--concurrency", str(ouvriers), env=env):
        indice.delay()
        if not attendre("count(DISTINCT bail_par) > %s FROM acheminement_acheminement "
                        "WHERE jeton IS NOT NULL", [ouvriers - 1], 60):  # fmt: skip
            raise ArretPremature(f"{ouvriers} processus ne se sont pas mis au travail.")
        avant, debut = _remises(), time.monotonic()
        time.sleep(FENETRE)
        return (_remises() - avant) / (time.monotonic() - debut)


def _remises() -> int:
    return Acheminement.objects.filter(pk__gt=BASE, remise_le__isnull=False).count()


def _prise() -> float:
    """Milliseconds to claim a row and to commit."""
    return min(statistics.median(_prendre() for _ in range(PRISES)) for _ in range(TOURS))


def _prendre() -> float:
    debut = time.perf_counter()
    prise = remise._prendre(timezone.now())
    duree = time.perf_counter() - debut
    if prise is None:
        raise ArretPremature("Plus rien à prendre.")
    return duree * 1000


def _reposer() -> None:
    """Nothing of what filled the base is still to be tidied up or to reach the disk."""
    with connection.cursor() as curseur:
        curseur.execute("VACUUM ANALYZE")
        curseur.execute("CHECKPOINT")


# ------------------------------------------------------------------ rows in number


@contextmanager
def _arriere(modele: Acheminement, nombre: int = ARRIERE) -> Iterator[None]:
    """So many rows that wait, as after an outage; nothing of them is left."""
    _copier("dossiers_demande", modele.demande_id, nombre, BASE, {
        "identifiant": "gen_random_uuid()", "dossier_id": f"{BASE} + n", "etat": "'a_etudier'",
        "guichet_id": str(modele.guichet_id),
    })  # fmt: skip
    _copier("acheminement_acheminement", modele.pk, nombre, BASE, {
        "cle": "gen_random_uuid()", "demande_id": f"{BASE} + n", "tentatives": "0", "essais": "0",
        "remise_le": "NULL", "prochaine_relance": "NULL", "accusee_le": "NULL",
        "accuse_voie": "''", "prochaine_tentative": "now() - interval '1 minute'",
    })  # fmt: skip
    try:
        yield
    finally:
        _executer(
            *(f"DELETE FROM {table} WHERE {colonne} BETWEEN {BASE} AND {2 * BASE}"
              for table, colonne in (
                ("dossiers_document", "demande_id"), ("acheminement_acheminement", "id"),
                ("dossiers_demande", "id"), ("socle_evenement", "dossier_id"),
            )),
            "DELETE FROM socle_tetechaine WHERE chaine ~ '^dossier:1[0-9]{9}$'",
        )  # fmt: skip


def _faire(nombre: int, modele: Acheminement) -> None:
    """So many rows done and acknowledged, more than any that is there."""
    _executer(f"DELETE FROM acheminement_acheminement WHERE id > {2 * BASE}")
    _copier("acheminement_acheminement", modele.pk, nombre, 2 * BASE, {
        "cle": "gen_random_uuid()", "demande_id": f"{2 * BASE} + n", "accusee_le": "now()",
        "accuse_voie": "'portail'", "prochaine_relance": "NULL",
    })  # fmt: skip


def _copier(table: str, pk: int, nombre: int, base: int, valeurs: dict[str, str]) -> None:
    """Copies of one row, numbered from `base`, some columns given as SQL over `n`."""
    modele = next(m for m in (Demande, Acheminement) if m._meta.db_table == table)
    colonnes = [str(champ.column) for champ in modele._meta.concrete_fields if champ.name != "id"]
    sources = [valeurs.get(colonne, f"m.{colonne}") for colonne in colonnes]
    _executer(
        f"INSERT INTO {table} (id, {', '.join(colonnes)}) "
        f"SELECT {base} + n, {', '.join(sources)} "
        f"FROM {table} m, generate_series(1, {nombre}) AS n WHERE m.id = {pk}",
        f"ANALYZE {table}",
    )


def _executer(*ordres: str) -> None:
    """SQL without the triggers of the base: these rows point at dossiers that do not exist."""
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SET LOCAL session_replication_role = replica")
        for ordre in ordres:
            curseur.execute(ordre)
