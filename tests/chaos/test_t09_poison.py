"""T9: a demande that kills whatever process takes it."""

from __future__ import annotations

import pytest

from dossiers.acheminement.actes import rejouer
from dossiers.acheminement.models import Acheminement, Echec
from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import Monde, tuer
from tests.fabriques import UserFabrique

DOSSIERS = 60 if LONG else 6
#: The first row of this test's database.
POISON = 1


def poison_isole(monde: Monde, dossiers: int) -> None:
    """It is set aside after three deaths, and its neighbours are delivered."""
    monde.subir(poisons=[POISON])
    monde.valkey()
    ouvrier = monde.ouvrier()
    monde.battement()
    monde.deposer(dossiers)

    def quarantaine() -> bool:
        return Acheminement.objects.filter(pk=POISON, quarantaine_le__isnull=False).exists()

    monde.attendre(lambda: quarantaine() or monde.morts()["poison"] > 3, "la quarantaine")
    assert monde.morts() == {"poison": 3}
    assert Echec.objects.filter(genre=Echec.Genre.MORT, acheminement=POISON).count() == 3
    monde.attendre_accusees(3 * dossiers - 1)
    assert monde.morts() == {"poison": 3}
    tuer(ouvrier)


@pytest.mark.chaos("T9", "poison demande that kills its worker each time")
def test_what_kills_its_worker_is_set_aside(monde: Monde, constater: Constater) -> None:
    poison_isole(monde, DOSSIERS)
    avant = monde.verdict(3 * DOSSIERS)
    assert (avant.perdus, avant.doublons) == (0, 0)
    # Somebody repairs, and replays.
    monde.subir(poisons=[])
    monde.ouvrier()
    poison = Acheminement.objects.get(pk=POISON)
    assert rejouer(
        acheminement=poison,
        par=UserFabrique(administration=True, email="operatrice@exemple.invalid"),
    )
    monde.attendre_accusees(3 * DOSSIERS)
    constater(
        monde.verdict(3 * DOSSIERS),
        f"quarantined after 3, its {3 * DOSSIERS - 1} neighbours delivered; then repaired",
    )
