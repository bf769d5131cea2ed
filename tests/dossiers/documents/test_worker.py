"""A real worker, listening to the queue of documents only, told by a real broker."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from dossiers.models import Document
from portal.services_embarques.chemins import PROJET
from tests.dossiers.documents.outils import accuse, texte_de
from tests.processus import courtier, environnement, processus

pytestmark = [pytest.mark.livraison, pytest.mark.django_db(transaction=True)]

NOMBRE = 12
LIMITE = 90.0
ENVOI = "from dossiers.documents.taches import produire; produire.delay()"


def test_the_worker_of_the_queue_writes_every_document(tmp_path: Path) -> None:
    """Printed: how long it took, from the order to the last file."""
    attendus = [accuse() for _ in range(NOMBRE)]
    valkey = Path(f"/tmp/documents-{os.getpid()}")
    env = environnement(valkey / "sockets" / "valkey.sock") | {
        "DOSSIER_COURRIELS": str(tmp_path),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    ordre = f"import django; django.setup(); {ENVOI}"
    with courtier(valkey), processus(*WORKER, env=env):
        with processus("-c", ordre, env=env | {"PYTHONPATH": str(PROJET)}) as envoi:
            assert envoi.wait(LIMITE) == 0
        debut = time.monotonic()
        while Document.objects.filter(produit_le__isnull=True).exists():
            assert time.monotonic() - debut < LIMITE, "documents non produits"
            time.sleep(0.05)
    duree = time.monotonic() - debut
    sys.stdout.write(f"\n{NOMBRE} documents en {duree:.1f} s, {duree / NOMBRE:.2f} s chacun\n")
    for document in Document.objects.all():
        assert document.tentatives == 1
        assert document.reference in texte_de(document)
    assert len(attendus) == Document.objects.count()


WORKER = (
    "-m", "celery", "-A", "portal", "worker", "--queues", "documents", "--concurrency", "1",
    "--without-gossip", "--without-mingle", "--loglevel", "critical",
)  # fmt: skip
