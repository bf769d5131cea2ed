"""The rehearsal: which live demandes a change of competence moves, and what it opens or closes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers.acheminement.competences.repetition import compter, repeter
from dossiers.circuit import Etat
from dossiers.models import Demande
from portal.socle.models import Evenement
from territoires.organismes import actes
from territoires.organismes.models import Competence
from territoires.organismes.operations import ajout, modification, suppression, valeurs_de
from tests.dossiers.competences.conftest import valeurs
from tests.fabriques import (
    CommuneFabrique,
    CompetenceFabrique,
    DemandeFabrique,
    GuichetFabrique,
    VersionAideFabrique,
    il_y_a,
)

pytestmark = pytest.mark.django_db


def repetition_de(par, *operations):
    return repeter(actes.preparer_operations(par=par, operations=operations), par)


def a_la_vallee(guichet, vallee, **champs):
    return ajout(valeurs(guichet, perimetre=[f"EPCI-{vallee.siren}"], **champs))


def test_a_more_precise_competence_takes_what_is_there(
    administration, competence, guichet_region, guichet_vallee, vallee, commune
):
    la, ailleurs = (
        DemandeFabrique(remise=True, guichet=guichet_region, commune=lieu)
        for lieu in (commune, CommuneFabrique())
    )
    repetition = repetition_de(administration, a_la_vallee(guichet_vallee, vallee))
    assert [d.demande for d in repetition.deplacements] == [la.pk]
    assert compter(repetition.deplacements) == [(guichet_region.pk, guichet_vallee.pk, 1)]
    assert ailleurs.pk
    assert not Evenement.objects.exists()
    assert Competence.objects.get() == competence
    la.refresh_from_db()
    assert la.guichet == guichet_region


@pytest.mark.parametrize("etat", ["acceptee", "refusee"])
def test_what_is_closed_stays(
    administration, competence, guichet_region, guichet_vallee, vallee, commune, etat
):
    DemandeFabrique(guichet=guichet_region, commune=commune, **{etat: True})
    repetition = repetition_de(administration, a_la_vallee(guichet_vallee, vallee))
    assert (repetition.deplacements, repetition.prises, repetition.laissees) == ((), (), 0)


def test_what_somebody_reviews_moves_only_if_asked(
    administration, competence, guichet_region, guichet_vallee, vallee, commune
):
    prise = DemandeFabrique(en_instruction=True, guichet=guichet_region, commune=commune)
    repetition = repetition_de(administration, a_la_vallee(guichet_vallee, vallee))
    assert repetition.deplacements == ()
    assert [d.demande for d in repetition.prises] == [prise.pk]


def test_what_a_person_placed_stays_and_is_counted(
    administration, competence, guichet_vallee, vallee, commune
):
    DemandeFabrique(
        remise=True,
        guichet=GuichetFabrique(),
        commune=commune,
        motif_orientation="Choisi par une personne (fictif).",
    )
    repetition = repetition_de(administration, a_la_vallee(guichet_vallee, vallee))
    assert (repetition.deplacements, repetition.laissees) == ((), 1)


def test_the_day_that_counts_is_the_deposit(
    administration, competence, guichet_region, guichet_vallee, vallee, commune
):
    hier, avant_hier = timezone.localdate() - timedelta(days=1), il_y_a(days=2)
    DemandeFabrique(remise=True, guichet=guichet_region, commune=commune, deposee_le=avant_hier)
    recente = DemandeFabrique(remise=True, guichet=guichet_region, commune=commune)
    debut = hier.isoformat()
    repetition = repetition_de(administration, a_la_vallee(guichet_vallee, vallee, debut=debut))
    assert [d.demande for d in repetition.deplacements] == [recente.pk]


def test_a_change_to_come_moves_nothing_and_says_when(
    administration, competence, guichet_region, guichet_vallee, vallee, commune
):
    DemandeFabrique(remise=True, guichet=guichet_region, commune=commune)
    demain = timezone.localdate() + timedelta(days=1)
    repetition = repetition_de(
        administration, a_la_vallee(guichet_vallee, vallee, debut=demain.isoformat())
    )
    assert repetition.deplacements == ()
    assert repetition.a_venir == demain


def test_a_hole_that_opens_is_said_with_its_demandes(
    administration, competence, guichet_region, vallee, commune
):
    VersionAideFabrique()
    DemandeFabrique(remise=True, guichet=guichet_region, commune=commune)
    moins = {**valeurs_de(competence), "exclusions": [f"EPCI-{vallee.siren}"]}
    repetition = repetition_de(administration, modification(competence, moins))
    (deplacement,) = repetition.deplacements
    assert (deplacement.de, deplacement.vers) == (guichet_region.pk, None)
    assert deplacement.file == Demande.File.SANS_GUICHET
    (ecart,) = repetition.ecarts
    assert (ecart.epci, ecart.nature, ecart.ouvre) == (
        f"EPCI-{vallee.siren}",
        "investissement",
        True,
    )
    assert ecart.aides


def test_a_hole_that_closes_calls_those_who_waited(administration, guichet_vallee, vallee, commune):
    attend = DemandeFabrique(commune=commune, sans_guichet=True)
    DemandeFabrique(commune=commune)
    DemandeFabrique(commune=commune, file=Demande.File.REORIENTEE, file_motif="x")
    repetition = repetition_de(administration, a_la_vallee(guichet_vallee, vallee))
    (deplacement,) = repetition.deplacements
    assert (deplacement.demande, deplacement.de, deplacement.vers) == (
        attend.pk,
        None,
        guichet_vallee.pk,
    )
    assert [(e.ouvre, e.avant.sans, e.apres.sans) for e in repetition.ecarts] == [(False, 1, 0)]


def test_delegated_and_own_are_equal_which_is_a_tie(
    administration, guichet_region, guichet_vallee, vallee, commune
):
    code = f"EPCI-{vallee.siren}"
    CompetenceFabrique(guichet=guichet_vallee, perimetre=[code])
    DemandeFabrique(remise=True, guichet=guichet_vallee, commune=commune)
    repetition = repetition_de(administration, ajout(valeurs(guichet_region, perimetre=[code])))
    (deplacement,) = repetition.deplacements
    assert (deplacement.vers, deplacement.file) == (None, Demande.File.PLUSIEURS_GUICHETS)
    assert [e.apres.plusieurs for e in repetition.ecarts] == [1]


def test_several_changes_are_rehearsed_together(
    administration, competence, guichet_region, guichet_vallee, vallee, commune
):
    DemandeFabrique(remise=True, guichet=guichet_region, commune=commune)
    repetition = repetition_de(
        administration, suppression(competence), ajout(valeurs(guichet_vallee))
    )
    assert compter(repetition.deplacements) == [(guichet_region.pk, guichet_vallee.pk, 1)]
    assert repetition.ecarts == ()


def test_a_row_that_changed_since_cannot_be_applied(administration, competence):
    changement = actes.preparer_operations(par=administration, operations=[suppression(competence)])
    competence.exclusions = ["DEP-31"]
    competence.save()
    repetition = repeter(changement, administration)
    assert not repetition.applicable
    assert "a changé" in repetition.defauts[0][0]


def test_the_token_follows_what_would_move(
    administration, competence, guichet_region, guichet_vallee, vallee, commune
):
    demande = DemandeFabrique(remise=True, guichet=guichet_region, commune=commune)
    changement = actes.preparer_operations(
        par=administration, operations=[a_la_vallee(guichet_vallee, vallee)]
    )
    jeton = repeter(changement, administration).jeton
    assert repeter(changement, administration).jeton == jeton
    Demande.objects.filter(pk=demande.pk).update(etat=Etat.EN_INSTRUCTION)
    assert repeter(changement, administration).jeton != jeton


def test_its_queries_do_not_grow_with_the_demandes(
    administration,
    competence,
    guichet_region,
    guichet_vallee,
    vallee,
    commune,
    django_assert_num_queries,
):
    version = VersionAideFabrique()
    changement = actes.preparer_operations(
        par=administration, operations=[a_la_vallee(guichet_vallee, vallee)]
    )
    for _ in range(2):
        for _ in range(3):
            DemandeFabrique(
                remise=True, guichet=guichet_region, commune=commune, version_aide=version
            )
        with django_assert_num_queries(10):
            repeter(changement, administration)
