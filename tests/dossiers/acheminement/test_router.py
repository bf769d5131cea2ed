"""Routing: to the competent desk, or to the human queue with the reason; never lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from dossiers.acheminement.actes import acheminer, balayer, orienter, remettre, router
from dossiers.acheminement.actes.orientation import router_ensemble
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from territoires.models import Commune
from territoires.organismes.models import Competence
from territoires.perimetre import lieu
from tests.fabriques import (
    AgentGuichetFabrique,
    CompetenceFabrique,
    DemandeFabrique,
    GuichetFabrique,
    OrganismeFabrique,
    PorteurFabrique,
    UserFabrique,
)

pytestmark = pytest.mark.django_db


def verbes(demande: Demande) -> list[str]:
    lignes = Evenement.objects.filter(objet_id=str(demande.pk), objet_type="dossiers.demande")
    return list(lignes.order_by("pk").values_list("verbe", flat=True))


def test_a_demande_goes_to_the_competent_desk_and_waits_there() -> None:
    competence = CompetenceFabrique(guichet__courriel="guichet@exemple.invalid")
    demande = DemandeFabrique()
    assert router(demande_id=demande.pk)
    demande.refresh_from_db()
    assert (demande.etat, demande.guichet) == (Etat.A_ETUDIER, competence.guichet)
    assert demande.prochaine_tentative is None
    canaux = {a.canal: a.de_reference for a in demande.acheminements.all()}
    assert canaux == {"portail": True, "courriel": False}
    assert verbes(demande) == ["router"]


def test_a_desk_without_address_gets_no_e_mail() -> None:
    CompetenceFabrique(guichet__courriel="")
    demande = DemandeFabrique()
    router(demande_id=demande.pk)
    assert [a.canal for a in demande.acheminements.all()] == ["portail"]


def test_the_reviewer_named_by_the_aide_wins_over_who_is_more_precise() -> None:
    region = OrganismeFabrique(code="region-fictive")
    competence = CompetenceFabrique(guichet__organisme=region)
    demande = DemandeFabrique()
    CompetenceFabrique(perimetre=[f"COM-{demande.commune_id}"])
    PorteurFabrique(version=demande.version_aide, organisme=region, roles=["instructeur"])
    router(demande_id=demande.pk)
    demande.refresh_from_db()
    assert demande.guichet == competence.guichet


def test_a_hole_goes_to_the_human_queue_with_its_reason_and_is_tried_again() -> None:
    demande = DemandeFabrique()
    assert not router(demande_id=demande.pk)
    demande.refresh_from_db()
    assert (demande.etat, demande.file) == (Etat.A_ROUTER, Demande.File.SANS_GUICHET)
    assert "investissement" in demande.file_motif
    assert demande.prochaine_tentative > timezone.now() + timedelta(hours=23)
    assert verbes(demande) == ["mettre_en_file"]
    # The next day, nothing new is journalled; once a desk is competent, it leaves the queue.
    router(demande_id=demande.pk)
    assert verbes(demande) == ["mettre_en_file"]
    CompetenceFabrique()
    Demande.objects.update(prochaine_tentative=timezone.now())
    balayer()
    demande.refresh_from_db()
    assert (demande.etat, demande.file, demande.file_motif) == (Etat.A_ETUDIER, "", "")


def test_a_tie_goes_to_the_human_queue_and_names_the_desks() -> None:
    CompetenceFabrique(guichet__nom="Premier guichet")
    CompetenceFabrique(guichet__nom="Second guichet")
    demande = DemandeFabrique()
    router(demande_id=demande.pk)
    demande.refresh_from_db()
    assert demande.file == Demande.File.PLUSIEURS_GUICHETS
    assert "Premier guichet, Second guichet" in demande.file_motif


def test_the_competence_of_the_day_of_the_deposit_counts() -> None:
    ancien = CompetenceFabrique(fin=timezone.localdate() - timedelta(days=1))
    CompetenceFabrique(debut=timezone.localdate())
    demande = DemandeFabrique(deposee_le=timezone.now() - timedelta(days=2))
    router(demande_id=demande.pk)
    demande.refresh_from_db()
    assert demande.guichet == ancien.guichet


def test_routing_twice_changes_nothing() -> None:
    CompetenceFabrique(guichet__courriel="guichet@exemple.invalid")
    demande = DemandeFabrique()
    assert router(demande_id=demande.pk)
    assert not router(demande_id=demande.pk)
    assert demande.acheminements.count() == 2
    assert verbes(demande) == ["router"]


def test_an_administrator_chooses_the_desk_of_the_human_queue() -> None:
    demande = DemandeFabrique(sans_guichet=True)
    guichet = GuichetFabrique()
    admin = UserFabrique(administration=True)
    orienter(demande=demande, guichet=guichet, user=admin, motif="Accord fictif.")
    demande.refresh_from_db()
    assert (demande.etat, demande.guichet, demande.file) == (Etat.A_ETUDIER, guichet, "")
    assert demande.acheminements.count() == 1


def test_nobody_else_chooses_the_desk_and_nothing_is_written() -> None:
    demande = DemandeFabrique(sans_guichet=True)
    agent = AgentGuichetFabrique().user
    with pytest.raises(TransitionRefusee, match="administration"):
        orienter(demande=demande, guichet=GuichetFabrique(), user=agent, motif="Non.")
    demande.refresh_from_db()
    assert (demande.etat, demande.guichet) == (Etat.A_ROUTER, None)
    assert not Acheminement.objects.exists()
    assert verbes(demande) == []


def test_one_poisoned_demande_does_not_stop_its_neighbours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    CompetenceFabrique()
    poison = DemandeFabrique()
    saine = DemandeFabrique(version_dossier=poison.version_dossier)

    def lire_ou_mourir(commune: Commune, le: date) -> frozenset[str]:
        if commune == poison.commune:
            raise RuntimeError("poison")
        return lieu(commune, le)

    monkeypatch.setattr("dossiers.acheminement.routage.lieu", lire_ou_mourir)
    balayer()
    poison.refresh_from_db()
    saine.refresh_from_db()
    assert (poison.etat, saine.etat) == (Etat.A_ROUTER, Etat.A_ETUDIER)
    assert poison.prochaine_tentative > timezone.now()


def test_a_deposit_is_routed_and_handed_over_in_one_go() -> None:
    CompetenceFabrique()
    demande = DemandeFabrique()
    acheminer(version_dossier_id=demande.version_dossier_id)
    acheminement = demande.acheminements.get()
    assert acheminement.remise_le is not None
    assert acheminement.tentatives == 1
    assert verbes(demande) == ["router", "remettre"]
    # The hint may come twice: nothing happens twice.
    acheminer(version_dossier_id=demande.version_dossier_id)
    assert not remettre(acheminement_id=acheminement.pk)
    assert verbes(demande) == ["router", "remettre"]


def test_routing_asks_the_same_few_questions_whatever_the_competences(
    django_assert_num_queries: object,
) -> None:
    CompetenceFabrique()
    CompetenceFabrique.create_batch(30, nature="export")
    demande = DemandeFabrique()
    with django_assert_num_queries(15):  # type: ignore[operator]
        router(demande_id=demande.pk)
    assert Competence.objects.count() == 31


def test_three_demandes_of_a_deposit_share_what_is_read(
    django_assert_num_queries: object,
) -> None:
    CompetenceFabrique()
    premiere = DemandeFabrique()
    for _ in range(2):
        DemandeFabrique(version_dossier=premiere.version_dossier, commune=premiere.commune)
    pks = [demande.pk for demande in Demande.objects.all()]
    with django_assert_num_queries(15 + 2 * 4):  # type: ignore[operator]
        assert router_ensemble(demande_ids=pks) == 3
