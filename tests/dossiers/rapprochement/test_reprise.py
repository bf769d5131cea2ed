"""Nothing lost, nothing told twice: real workers, killed in the middle of a reverse search."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from django.db import connection
from django.utils import timezone

from aides.models import Publication
from dossiers.models import Notification, VersionDossier
from dossiers.rapprochement.inverse.actes import LOT
from dossiers.rapprochement.models import Alerte, Changement, RechercheInverse
from dossiers.rapprochement.projection import ligne
from portal.services_embarques.temporaires import services_temporaires
from tests.conftest import dossier_tests
from tests.copies import copier
from tests.fabriques import (
    MembreFabrique,
    VersionAideFabrique,
    VersionDossierFabrique,
    il_y_a,
)
from tests.processus import environnement, tuer, worker

pytestmark = [pytest.mark.livraison, pytest.mark.django_db(transaction=True)]

DOSSIERS = 2 * LOT + 500
#: One in each batch.
ALERTES = (10, LOT + 10, 2 * LOT + 10)
PATIENCE = 120.0


def stocker_beaucoup() -> list[int]:
    """Deposited dossiers of one company; three members each asked to be told of one of them."""
    version = VersionDossierFabrique(dossier__depose_le=il_y_a(hours=1))
    dossier, autres = version.dossier, DOSSIERS - 1
    faits = ligne(version, {"effectif": 125}, courante=True)
    faits.save()
    dossiers = copier(dossier, autres, identifiant="gen_random_uuid()")
    versions = copier(version, autres, dossier_id=dossiers)
    copier(faits, autres, version_id=versions, dossier_id=dossiers)
    dossiers = [dossier.pk, *dossiers]
    for n in ALERTES:
        user = MembreFabrique(entreprise=dossier.entreprise).user
        Alerte.objects.create(dossier_id=dossiers[n], user=user)
    return dossiers


@contextmanager
def retenir(sql: str, *parametres: object) -> Iterator[None]:
    """A transaction of somebody else, open on what the worker will need, then undone."""
    with psycopg.connect(**connection.get_connection_params()) as autre:
        autre.execute(sql, parametres)
        yield
        autre.rollback()


def attendre(condition: Callable[[], bool], quoi: str) -> None:
    fin = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < fin, f"toujours pas : {quoi}"
        time.sleep(0.05)


def bloque() -> bool:
    """Whether a process of this database waits for another one's transaction."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(curseur.fetchone()[0])


def seul() -> bool:
    """Whether the server has seen that the killed worker is gone."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return not curseur.fetchone()[0]


def demander(broker: Path) -> None:
    """The hint, or the sweep, as beat sends it."""
    with Celery(broker=f"redis+socket://{broker}").connection_for_write() as connexion:
        Celery().send_task("dossiers.rapprochement.taches.rechercher", connection=connexion)


def mourir_en_chemin(broker: Path, sql: str, *parametres: object) -> RechercheInverse:
    """A worker that takes the search up, and is killed once it waits for what is held."""
    RechercheInverse.objects.update(bail_jusqu_a=None)
    with retenir(sql, *parametres), worker(environnement(broker)) as lance:
        demander(broker)
        attendre(bloque, "le worker retenu")
        tuer(lance)
    attendre(seul, "le worker mort")
    recherche = RechercheInverse.objects.get()
    assert recherche.terminee_le is None
    assert recherche.jeton is not None
    return recherche


def test_a_search_survives_the_death_of_its_workers() -> None:
    dossiers = stocker_beaucoup()
    critere = {
        "type": "comparaison", "fait": "effectif", "operateur": "<=", "valeur": "30",
        "source": "reglement",
    }  # fmt: skip
    version = VersionAideFabrique(criteres=critere, perimetre=["PAYS-99100"])
    publication = Publication.objects.create(
        aide=version.aide, apres=version, jour=timezone.localdate(), le=timezone.now()
    )
    recherche = RechercheInverse.objects.create(publication=publication)
    services = dossier_tests().with_name(f"{dossier_tests().name}-r")
    broker = services / "sockets" / "valkey.sock"
    with services_temporaires("valkey", dossier=services):
        # Killed while the second batch waits for a row that somebody else is writing.
        retenu = VersionDossier.objects.get(dossier=dossiers[LOT + 100])
        recherche = mourir_en_chemin(
            broker,
            "INSERT INTO rapprochement_changement"
            " (recherche_id, dossier_id, version_dossier_id, avant, apres, sens)"
            " VALUES (%s, %s, %s, 'eligible', 'non_eligible', 'perdu')",
            recherche.pk, retenu.dossier_id, retenu.pk,
        )  # fmt: skip
        assert recherche.examines == Changement.objects.count() == LOT
        assert not Notification.objects.exists()

        # Killed while the second message waits, at its COMMIT, for its reader's row: the server
        # ends what it was asked, the message with the mark that says it was written.
        recherche = mourir_en_chemin(
            broker,
            "SELECT 1 FROM comptes_user WHERE id = %s FOR UPDATE",
            Alerte.objects.get(dossier=dossiers[ALERTES[1]]).user_id,
        )
        assert recherche.comparee_le is not None
        assert recherche.examines == Changement.objects.count() == DOSSIERS
        assert Notification.objects.count() == 2

        # The third one ends it.
        RechercheInverse.objects.update(bail_jusqu_a=None)
        with worker(environnement(broker)):
            demander(broker)
            attendre(lambda: RechercheInverse.objects.get().terminee_le is not None, "la fin")
    recherche.refresh_from_db()
    assert (recherche.examines, recherche.tentatives) == (DOSSIERS, 3)
    assert Changement.objects.filter(sens="gagne").count() == DOSSIERS
    prevenus = Notification.objects.order_by("user_id").values_list("user_id", flat=True)
    assert list(prevenus) == sorted(Alerte.objects.values_list("user_id", flat=True))
