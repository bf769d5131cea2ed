"""T7: two sweepers, two beats, two workers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from dossiers.acheminement.actes import orientation, router
from dossiers.acheminement.invariant import bilan
from dossiers.acheminement.models import Acheminement
from dossiers.models import Demande
from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import LIMITE, Monde

DOSSIERS = 150 if LONG else 25


def router_tout() -> None:
    """Every demande filed, to its desk, in this process; nothing is handed over."""
    for pk in Demande.objects.order_by("pk").values_list("pk", flat=True):
        assert router(demande_id=pk)


def ligne_verrouillee(monde: Monde) -> None:
    """A sweep passes over the row that somebody else holds locked, without waiting for it."""
    monde.deposer(1)
    router_tout()
    with transaction.atomic():
        tenue = Acheminement.objects.select_for_update().order_by("pk")[0]
        balayeur = monde.lancer(
            "-m", "tests.chaos.gerer", "acheminer", PGOPTIONS="-c lock_timeout=3s"
        )
        monde.finir([balayeur])
        remises = Acheminement.objects.filter(remise_le__isnull=False)
        assert set(remises) == set(Acheminement.objects.exclude(pk=tenue.pk))


def ligne_tenue(monde: Monde) -> None:
    """While a desk is being called, nobody else calls it for the same row."""
    monde.deposer(1)
    router_tout()
    monde.subir(appel=30, bail=60)
    laisser = threading.Event()
    monde.recepteur.attentes["guichet-investissement"] = laisser
    premier = monde.balayeur()
    monde.attendre(monde.recepteur.en_attente.is_set, "un appel attend")
    monde.finir([monde.balayeur()])
    laisser.set()
    monde.finir([premier])
    assert list(monde.recepteur.appels.values()) == [1, 1, 1]


def deux_orientations(monde: Monde) -> None:
    """Two processes that both believe a demande to be theirs to prepare: one row per desk.

    Neither holds the lock of the demande, as a bug might have it: only the database is left.
    """
    monde.deposer(1)
    router_tout()
    Acheminement.objects.all().delete()
    demande = Demande.objects.select_related("guichet", "version_dossier", "aide").first()
    assert demande is not None
    assert demande.guichet is not None
    prepare, fini = threading.Event(), threading.Event()

    def second() -> None:
        prepare.wait(LIMITE)
        dans_une_connexion(lambda: orientation.preparer(demande, demande.guichet))
        fini.set()

    with ThreadPoolExecutor(1) as fils:
        apres = fils.submit(second)
        with transaction.atomic():
            orientation.preparer(demande, demande.guichet)
            prepare.set()
            monde.attendre(lambda: fini.is_set() or un_attend(), "le second attend, ou a fini")
        apres.result(LIMITE)
    assert Acheminement.objects.count() == 1
    assert bilan().doublons == 0


def dans_une_connexion(acte: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            acte()
    finally:
        connection.close()


def un_attend() -> bool:
    """Whether somebody waits for a lock in this database."""
    with connection.cursor() as curseur:
        # Read anew: the transaction keeps what it read first.
        curseur.execute("SELECT pg_stat_clear_snapshot()")
        curseur.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(curseur.fetchone()[0])


@pytest.mark.chaos("T7", "two sweepers, two beats, two workers at once")
def test_sweeps_share_the_work_and_double_nothing(monde: Monde, constater: Constater) -> None:
    # Nobody dies here: no lease runs out, however slow the machine.
    monde.subir(appel=30, bail=60)
    monde.valkey()
    for _ in range(2):
        monde.ouvrier()
        monde.battement()
    deposants = monde.deposants(DOSSIERS)
    while any(d.poll() is None for d in deposants):
        monde.finir([monde.balayeur(), monde.balayeur()])
    monde.finir(deposants)
    monde.attendre_accusees(3 * DOSSIERS)
    assert set(monde.recepteur.appels.values()) == {1}
    assert Acheminement.objects.aggregate(n=Sum("tentatives"))["n"] == 3 * DOSSIERS
    verdict = monde.verdict(3 * DOSSIERS)
    constater(
        verdict,
        f"{3 * DOSSIERS} rows, one call each",
        calls=monde.recepteur.posts(),
        sweeps=len(monde.balayages()),
    )


@pytest.mark.chaos("T7", "two sweepers, two beats, two workers at once")
@pytest.mark.parametrize("epreuve", [ligne_verrouillee, ligne_tenue, deux_orientations])
def test_what_keeps_them_apart(epreuve: Callable[[Monde], None], monde: Monde) -> None:
    epreuve(monde)
