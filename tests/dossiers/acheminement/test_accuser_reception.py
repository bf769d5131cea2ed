"""Acknowledgements from outside: early, late, twice, unknown."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from dossiers.acheminement.actes import (
    AccuseInconnu,
    accuser,
    accuser_reception,
    balayer,
    remettre,
    reorienter,
)
from dossiers.acheminement.canaux import registre
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Document
from portal.socle.models import Evenement
from tests.fabriques import AcheminementFabrique, agent_de

pytestmark = pytest.mark.django_db


def verbes(acheminement: Acheminement) -> list[str]:
    lignes = Evenement.objects.filter(objet_id=str(acheminement.demande_id))
    return list(lignes.order_by("pk").values_list("verbe", flat=True))


def test_an_acknowledgement_is_written_once() -> None:
    acheminement = AcheminementFabrique(remis=True)
    assert accuser_reception(cle=acheminement.cle, voie="systeme")
    acheminement.refresh_from_db()
    assert acheminement.accusee_le is not None
    assert (acheminement.accuse_voie, acheminement.prochaine_relance) == ("systeme", None)
    assert not accuser_reception(cle=acheminement.cle, voie="page")
    acheminement.refresh_from_db()
    assert acheminement.accuse_voie == "systeme"
    assert verbes(acheminement) == ["accuser_a_distance"]


def test_one_that_comes_before_our_own_result_proves_the_handing_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acheminement = AcheminementFabrique()

    def accuser_aussitot(en_cours: Acheminement) -> registre.Remise:
        assert accuser_reception(cle=en_cours.cle, voie="systeme")
        return registre.Remise(accusee=True)

    monkeypatch.setitem(registre.CANAUX, "portail", accuser_aussitot)
    remettre(acheminement_id=acheminement.pk)
    acheminement.refresh_from_db()
    assert acheminement.remise_le is not None
    assert acheminement.accusee_le is not None
    assert verbes(acheminement) == ["remettre", "accuser_a_distance"]
    assert Document.objects.count() == 1


def test_a_recipient_that_answers_with_the_content_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acheminement = AcheminementFabrique()
    monkeypatch.setitem(registre.CANAUX, "portail", lambda _: registre.Remise(accusee=True))
    assert remettre(acheminement_id=acheminement.pk)
    acheminement.refresh_from_db()
    assert acheminement.accuse_voie == "systeme"


def test_one_for_what_was_set_aside_ends_the_quarantine() -> None:
    acheminement = AcheminementFabrique(
        quarantaine_le=timezone.now(), quarantaine_motif="Fictif.", prochaine_tentative=None
    )
    assert accuser_reception(cle=acheminement.cle, voie="systeme")
    acheminement.refresh_from_db()
    assert (acheminement.quarantaine_le, acheminement.quarantaine_motif) == (None, "")
    assert acheminement.remise_le is not None
    assert balayer() == 0


def test_one_that_comes_after_the_end_changes_no_state() -> None:
    acheminement = AcheminementFabrique(remis=True)
    acheminement.demande.etat = Etat.RETIREE
    acheminement.demande.save()
    assert accuser_reception(cle=acheminement.cle, voie="systeme")
    acheminement.demande.refresh_from_db()
    assert acheminement.demande.etat == Etat.RETIREE
    assert verbes(acheminement) == []


def test_one_of_a_desk_that_gave_the_demande_back_is_its_own_only() -> None:
    acheminement = AcheminementFabrique(remis=True)
    agent = agent_de(acheminement.guichet)
    accuser(demande=acheminement.demande, user=agent)
    reorienter(demande=acheminement.demande, user=agent, motif="Ce n’est pas chez nous (fictif).")
    Acheminement.objects.update(accusee_le=None, accuse_voie="")
    assert accuser_reception(cle=acheminement.cle, voie="page")
    acheminement.demande.refresh_from_db()
    assert acheminement.demande.etat == Etat.A_ROUTER
    assert "accuser_a_distance" not in verbes(acheminement)


def test_an_unknown_key_is_refused_and_nothing_written() -> None:
    AcheminementFabrique(remis=True)
    with pytest.raises(AccuseInconnu):
        accuser_reception(cle=uuid.uuid4(), voie="systeme")
    assert not Acheminement.objects.filter(accusee_le__isnull=False).exists()
    assert not Evenement.objects.exists()
