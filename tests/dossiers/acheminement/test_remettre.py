"""Handing over: counted before the call, retried until done, never doubled."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from dossiers.acheminement.actes import accuser, balayer, delai, remettre
from dossiers.acheminement.actes.remise import REPRISES, _prendre
from dossiers.acheminement.canaux import registre
from dossiers.acheminement.models import Acheminement
from dossiers.transitions import TransitionRefusee
from tests.fabriques import AcheminementFabrique, UserFabrique, agent_de

pytestmark = pytest.mark.django_db


def en_panne(acheminement: Acheminement) -> registre.Remise:
    raise ConnectionError("serveur injoignable")


def brancher(monkeypatch: pytest.MonkeyPatch, canal: registre.Remettre) -> None:
    monkeypatch.setitem(registre.CANAUX, "portail", canal)


def test_a_failed_attempt_is_counted_dated_and_due_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brancher(monkeypatch, en_panne)
    acheminement = AcheminementFabrique()
    assert not remettre(acheminement_id=acheminement.pk)
    acheminement.refresh_from_db()
    assert acheminement.tentatives == 1
    assert acheminement.remise_le is None
    assert acheminement.derniere_erreur == "ConnectionError : serveur injoignable"
    assert acheminement.jeton is None
    attente = acheminement.prochaine_tentative - timezone.now()
    assert timedelta(seconds=25) < attente < timedelta(seconds=34)


def test_after_a_failure_the_next_sweep_hands_over(monkeypatch: pytest.MonkeyPatch) -> None:
    acheminement = AcheminementFabrique()
    with monkeypatch.context() as panne:
        brancher(panne, en_panne)
        balayer()
    Acheminement.objects.update(prochaine_tentative=timezone.now())
    balayer()
    acheminement.refresh_from_db()
    assert (acheminement.tentatives, acheminement.derniere_erreur) == (2, "")
    assert acheminement.remise_le is not None


def test_each_call_hands_over_the_row_that_it_names_and_no_other() -> None:
    premier, deuxieme, autre = (AcheminementFabrique() for _ in range(3))
    for nomme in (deuxieme, premier):
        assert remettre(acheminement_id=nomme.pk)
    assert list(Acheminement.objects.a_remettre()) == [autre]


def test_a_row_under_a_living_lease_is_left_to_its_worker() -> None:
    acheminement = AcheminementFabrique(
        jeton=uuid.uuid4(), bail_jusqu_a=timezone.now() + timedelta(minutes=1)
    )
    assert not remettre(acheminement_id=acheminement.pk)
    acheminement.refresh_from_db()
    assert acheminement.tentatives == 0


def test_a_claim_rewrites_its_row_and_no_index() -> None:
    """So that it costs the same whatever was done before: PostgreSQL tells such updates."""
    AcheminementFabrique()
    avant = _reecritures()
    assert _prendre(timezone.now()) is not None
    toutes, sans_index = (apres - av for apres, av in zip(_reecritures(), avant, strict=True))
    assert (toutes, sans_index) == (1, 1)


def _reecritures() -> tuple[int, int]:
    """Rows of handings over rewritten by this transaction, and those of them by no index."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = %s",
            [Acheminement._meta.db_table],
        )
        toutes, sans_index = curseur.fetchone()
    return toutes, sans_index


def test_a_row_whose_worker_died_is_taken_up_when_its_lease_expires() -> None:
    acheminement = AcheminementFabrique(
        tentatives=1, jeton=uuid.uuid4(), bail_jusqu_a=timezone.now() - timedelta(seconds=1)
    )
    balayer()
    acheminement.refresh_from_db()
    assert acheminement.remise_le is not None
    assert acheminement.tentatives == 2


def test_a_worker_that_lost_its_lease_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    acheminement = AcheminementFabrique()

    def voler(en_cours: Acheminement) -> registre.Remise:
        Acheminement.objects.filter(pk=en_cours.pk).update(jeton=uuid.uuid4())
        return registre.Remise()

    brancher(monkeypatch, voler)
    assert not remettre(acheminement_id=acheminement.pk)
    acheminement.refresh_from_db()
    assert acheminement.remise_le is None


def test_the_e_mail_announces_the_demande_and_carries_its_key() -> None:
    acheminement = AcheminementFabrique(canal="courriel", de_reference=False)
    acheminement.guichet.courriel = "guichet@exemple.invalid"
    acheminement.guichet.nom = "Région fictive, guichet « entreprises »"
    acheminement.guichet.save()
    assert remettre(acheminement_id=acheminement.pk)
    (message,) = mail.outbox
    assert message.to == ["guichet@exemple.invalid"]
    assert acheminement.demande.dossier.entreprise.nom in message.body
    assert message.body.count("«") == 1
    assert "Réponse attendue avant le : " in message.body
    assert "l’administration du portail" not in message.body
    assert acheminement.demande.numero in message.subject
    assert str(acheminement.demande.identifiant) in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<{acheminement.cle}@")


def test_the_e_mail_says_why_a_person_chose_the_desk() -> None:
    acheminement = AcheminementFabrique(canal="courriel", de_reference=False)
    acheminement.guichet.courriel = "guichet@exemple.invalid"
    acheminement.guichet.save()
    acheminement.demande.motif_orientation = "Accord fictif entre l’EPCI & la région."
    acheminement.demande.save()
    assert remettre(acheminement_id=acheminement.pk)
    (message,) = mail.outbox
    assert "l’administration du portail a choisi le vôtre" in message.body
    assert "Accord fictif entre l’EPCI & la région." in message.body


def test_attempts_are_spaced_more_and_more_then_daily() -> None:
    for rang, base in enumerate(REPRISES, start=1):
        assert base <= delai(rang) <= base * 1.1
    assert timedelta(days=1) <= delai(500) <= timedelta(days=1, hours=3)


def test_an_officer_of_the_desk_acknowledges_and_nobody_else() -> None:
    acheminement = AcheminementFabrique(remis=True)
    demande = acheminement.demande
    with pytest.raises(TransitionRefusee):
        accuser(demande=demande, user=UserFabrique())
    acheminement.refresh_from_db()
    assert acheminement.accusee_le is None
    agent = agent_de(acheminement.guichet)
    accuser(demande=demande, user=agent)
    acheminement.refresh_from_db()
    assert acheminement.accusee_par == agent
    assert acheminement.accusee_le is not None
