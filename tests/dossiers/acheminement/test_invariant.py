"""The live invariant: every demande counted once, where it is, at one instant."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dossiers.acheminement import invariant
from dossiers.acheminement.invariant import bilan, introuvables
from dossiers.models import Demande
from portal.socle.journal import consigner
from tests.fabriques import AcheminementFabrique, DemandeFabrique, GuichetFabrique, il_y_a


def deposer(**champs: Any) -> Demande:
    """A demande that the journal knows."""
    demande: Demande = DemandeFabrique(**champs)
    consigner(verbe="deposer_demande", objet=demande)
    return demande


def places() -> dict[str, int]:
    """Where the demandes are, the places where there is none left out."""
    compte = bilan()
    noms = ("accusees", "en_attente", "en_quarantaine", "retirees", "perdues", "doublons")
    return {nom: nombre for nom in noms if (nombre := getattr(compte, nom))}


@pytest.mark.django_db
def test_each_moment_of_a_demande_has_its_place() -> None:
    assert places() == {}
    deposer()
    deposer(sans_guichet=True)
    deposer(remise=True)
    assert places() == {"en_attente": 3}
    deposer(ouverte=True)
    deposer(acceptee=True)
    assert places() == {"en_attente": 3, "accusees": 2}
    for trait in ("isole", "a_la_main"):
        etape = AcheminementFabrique(**{trait: True})
        consigner(verbe="deposer_demande", objet=etape.demande)
    assert places() == {"en_attente": 4, "accusees": 2, "en_quarantaine": 1}
    assert bilan().tient
    assert not introuvables()


@pytest.mark.django_db
@pytest.mark.parametrize("trait", ["remise", "ouverte", "sans_guichet"])
def test_a_withdrawn_demande_is_withdrawn_wherever_it_was(trait: str) -> None:
    demande = deposer(**{trait: True})
    Demande.objects.filter(pk=demande.pk).update(etat="retiree")
    assert places() == {"retirees": 1}
    assert not introuvables()


@pytest.mark.django_db
def test_an_announcement_and_a_desk_that_gave_it_back_do_not_count() -> None:
    demande = deposer(remise=True)
    AcheminementFabrique(demande=demande, canal="courriel", de_reference=False, isole=True)
    AcheminementFabrique(
        demande=demande, guichet=GuichetFabrique(), accuse=True, rendue_le=timezone.now()
    )
    assert places() == {"en_attente": 1}


@pytest.mark.django_db
def test_what_waits_for_nothing_is_lost_and_named() -> None:
    deposer(remise=True)
    perdue = deposer(avec_guichet=True, etat="a_etudier")
    assert places() == {"en_attente": 1, "perdues": 1}
    assert list(introuvables()) == [perdue]


@pytest.mark.django_db
def test_a_row_that_vanished_is_missed_by_the_journal() -> None:
    deposer(remise=True)
    deposer().delete()
    assert places() == {"en_attente": 1, "perdues": 1}
    assert not introuvables()


@pytest.mark.django_db
def test_two_desks_at_once_are_seen() -> None:
    demande = deposer(ouverte=True)
    AcheminementFabrique(demande=demande, guichet=GuichetFabrique(), accuse=True)
    compte = bilan()
    assert compte.doublons == 1
    assert not compte.tient


@pytest.mark.django_db
def test_the_oldest_due_is_the_oldest_of_what_waits_for_its_turn() -> None:
    assert bilan().plus_ancienne_due is None
    AcheminementFabrique(prochaine_tentative=il_y_a(minutes=2))
    demande = deposer(prochaine_tentative=il_y_a(minutes=9))
    deposer(sans_guichet=True, prochaine_tentative=il_y_a(days=1))
    assert bilan().plus_ancienne_due == demande.prochaine_tentative


@pytest.mark.django_db(transaction=True)
def test_every_count_sees_the_same_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    vus = []

    def regarder() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            vus.append(cursor.fetchone()[0])

    monkeypatch.setattr(invariant, "plus_ancienne_due", regarder)
    bilan()
    assert vus == ["repeatable read"]
    assert not connection.in_atomic_block
