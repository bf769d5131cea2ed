"""An officer and a worker on one demande at once: each takes its turn, neither is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from dossiers.acheminement.actes import accuser, accuser_reception, reorienter
from dossiers.acheminement.actes.quarantaine import isoler
from dossiers.acheminement.models import Acheminement
from dossiers.models import Demande
from tests.fabriques import AcheminementFabrique, GuichetFabrique, agent_de

pytestmark = pytest.mark.django_db(transaction=True)
LIMITE = 20


def par_un_agent(demande: Demande) -> None:
    accuser(demande=demande, user=agent_de(demande.guichet))


def par_un_systeme(demande: Demande) -> None:
    (etape,) = demande.acheminements.filter(de_reference=True)
    accuser_reception(cle=etape.cle, voie="systeme")


def par_un_autre_guichet(demande: Demande) -> None:
    agent = agent_de(demande.guichet)
    accuser(demande=demande, user=agent)
    reorienter(
        demande=demande, user=agent, motif="Relève d’un autre guichet.", guichet=GuichetFabrique()
    )


def bloque() -> bool:
    """Whether somebody waits for a lock in this database."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_stat_clear_snapshot()")
        curseur.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(curseur.fetchone()[0])


@pytest.mark.parametrize("acte", [par_un_agent, par_un_systeme, par_un_autre_guichet])
def test_setting_a_notification_aside_meanwhile_stops_nobody(
    acte: Callable[[Demande], None],
) -> None:
    demande = AcheminementFabrique(remis=True).demande
    annonce = AcheminementFabrique(demande=demande, canal="courriel", de_reference=False)

    def agir() -> None:
        try:
            acte(demande)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as fils:
        # The worker holds the row, as it does before it writes that the desk refused.
        with transaction.atomic():
            tenue = Acheminement.objects.select_for_update().get(pk=annonce.pk)
            autre, attente = fils.submit(agir), threading.Event()
            while not bloque() and not autre.done():
                attente.wait(0.02)
            isoler(tenue, "Adresse refusée (fictif).")
        autre.result(LIMITE)
    etape = demande.acheminements.get(de_reference=True, guichet=annonce.guichet)
    assert etape.accusee_le is not None
    assert Acheminement.objects.get(pk=annonce.pk).quarantaine_le is not None
