"""T5: the web process dies between COMMIT and the publication of the hint."""

from __future__ import annotations

import pytest

from dossiers.models import Dossier
from tests.chaos import personne
from tests.chaos.conftest import LONG, Constater
from tests.chaos.monde import Monde

DOSSIERS = 40 if LONG else 5


def delivrees_sans_annonce(monde: Monde, dossiers: int) -> None:
    """What was never announced is delivered within three sweeps."""
    monde.ouvrier()
    monde.battement()
    monde.attendre(lambda: monde.taches("balayer") >= 4, "quatre balayages commencent")
    monde.attendre(monde.inactif, "ces balayages finissent")
    assert monde.taches("acheminer_version") == 0
    verdict = monde.verdict(3 * dossiers)
    assert verdict.accusees == 3 * dossiers, f"{verdict}, après trois balayages"


@pytest.mark.chaos("T5", "web process killed between COMMIT and publish (real HTTP, gunicorn)")
def test_a_deposit_committed_and_never_announced_is_delivered(
    monde: Monde, constater: Constater
) -> None:
    monde.valkey()
    brouillons = monde.brouillons(DOSSIERS)
    sessions = [personne.jeton_de_session(dossier) for dossier in brouillons]
    monde.subir(tuer_avant_annonce=True)
    adresse = monde.web()
    reponses = [
        personne.deposer(adresse, dossier, session)
        for dossier, session in zip(brouillons, sessions, strict=True)
    ]
    assert reponses == [None] * DOSSIERS
    assert monde.morts() == {"avant_annonce": DOSSIERS}
    assert Dossier.objects.deposes().count() == DOSSIERS
    assert monde.inactif()
    # Who got no answer presses again, and is led to the follow-up page: it was deposited.
    encore = [
        personne.deposer(adresse, dossier, session)
        for dossier, session in zip(brouillons, sessions, strict=True)
    ]
    assert encore == [302] * DOSSIERS
    delivrees_sans_annonce(monde, DOSSIERS)
    constater(
        monde.verdict(3 * DOSSIERS),
        f"{DOSSIERS} deposits without a hint delivered by the sweep; pressed twice, filed once",
        hints_received=0,
    )
