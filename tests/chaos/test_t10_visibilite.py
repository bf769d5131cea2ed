"""T10: a task that lasts longer than the visibility timeout of the broker."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from dossiers.acheminement.models import Acheminement, Echec
from tests.chaos.conftest import Constater
from tests.chaos.monde import Monde
from tests.chaos.test_t07_balayeurs import router_tout


def bail_perdu(monde: Monde) -> None:
    """Who comes back after its lease ran out writes nothing over what happened since.

    The first call is refused, but so late that another process has handed over meanwhile.
    """
    monde.deposer(1)
    router_tout()
    Acheminement.objects.exclude(guichet__code="guichet-conseil").update(
        prochaine_tentative=F("prochaine_tentative") + timedelta(days=1)
    )
    monde.subir(bail=1, appel=60)
    laisser = threading.Event()
    monde.recepteur.attentes["guichet-conseil"] = laisser
    monde.recepteur.pannes["guichet-conseil"] = ()
    retardataire = monde.balayeur()
    monde.attendre(monde.recepteur.en_attente.is_set, "un appel attend")
    monde.attendre(
        lambda: Acheminement.objects.filter(bail_jusqu_a__lt=timezone.now()).exists(), "bail expiré"
    )
    monde.finir([monde.balayeur()])
    ligne = Acheminement.objects.get(guichet__code="guichet-conseil")
    assert ligne.accusee_le is not None
    monde.recepteur.pannes["guichet-conseil"] = ("400",)
    laisser.set()
    monde.finir([retardataire])
    apres = Acheminement.objects.get(pk=ligne.pk)
    assert (apres.quarantaine_le, apres.derniere_erreur) == (None, "")
    assert set(Echec.objects.values_list("genre", flat=True)) == {Echec.Genre.PERTE}
    assert len(monde.recepteur.registre.tous()) == 1


@pytest.mark.chaos("T10", "task longer than the visibility timeout (2 s)")
def test_a_task_that_runs_twice_at_once_has_one_effect(monde: Monde, constater: Constater) -> None:
    monde.subir(appel=120, bail=240)
    laisser = threading.Event()
    monde.recepteur.attentes["guichet-investissement"] = laisser
    monde.valkey()
    monde.ouvrier(CHAOS_VISIBILITE="2")
    monde.deposer(1, processus=1)
    monde.attendre(monde.recepteur.en_attente.is_set, "un appel attend")
    monde.attendre(lambda: monde.redelivrees() >= 1, "la tâche est rendue pendant qu’elle tourne")
    monde.attendre(
        lambda: Acheminement.objects.filter(accusee_le__isnull=False).count() == 2,
        "la seconde copie remet le reste",
    )
    laisser.set()
    monde.attendre_accusees(3)
    assert list(monde.recepteur.appels.values()) == [1, 1, 1]
    constater(monde.verdict(3), "two copies at once, one call per row")


@pytest.mark.chaos("T10", "task longer than the visibility timeout (2 s)")
def test_who_lost_its_lease_writes_nothing(monde: Monde) -> None:
    bail_perdu(monde)
