"""T12: somebody purges while demandes are still on their way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from dossiers.models import Dossier
from tests.chaos.conftest import Constater
from tests.chaos.monde import LIMITE, Monde
from tests.chaos.test_t07_balayeurs import router_tout

DOSSIERS = 3


@pytest.mark.chaos("T12", "purge with undelivered dossiers")
def test_what_is_on_its_way_cannot_be_purged(monde: Monde, constater: Constater) -> None:
    monde.deposer(DOSSIERS)
    router_tout()
    contenus = list(Dossier.objects.order_by("pk").values_list("faits", "efface_le"))
    Dossier.objects.update(depose_le=F("depose_le") - timedelta(days=1))
    purge = monde.lancer("-m", "tests.chaos.gerer", "purger", "--avant", f"{timezone.localdate()}")
    assert purge.wait(LIMITE) == 1
    assert monde.fin_du_journal().count("laissés tels quels") == 1
    assert list(Dossier.objects.order_by("pk").values_list("faits", "efface_le")) == contenus
    monde.finir([monde.balayeur()])
    constater(
        monde.verdict(3 * DOSSIERS),
        f"refused, the {DOSSIERS} dossiers named and untouched, then delivered",
    )
