"""Applying a change: what was rehearsed is what is done, in one transaction or not at all."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.acheminement.actes import competences as module
from dossiers.acheminement.actes import router
from dossiers.acheminement.actes.competences import RepetitionDepassee, appliquer_changement
from dossiers.acheminement.competences.repetition import repeter
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Demande, Notification
from portal.socle.models import Evenement
from territoires.organismes import actes
from territoires.organismes.models import ChangementCompetences, Competence
from territoires.organismes.operations import ajout, modification, suppression, valeurs_de
from territoires.organismes.verrou import modifier_seul
from tests.dossiers.competences.conftest import valeurs
from tests.fabriques import (
    CommuneFabrique,
    CompetenceFabrique,
    DemandeFabrique,
    EpciFabrique,
    GestionnaireCatalogueFabrique,
    GuichetFabrique,
    MembreFabrique,
    VersionAideFabrique,
    agent_de,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def changement(administration, competence, guichet_vallee, vallee):
    """The valley's desk becomes competent in its EPCI."""
    operation = ajout(valeurs(guichet_vallee, perimetre=[f"EPCI-{vallee.siren}"]))
    return actes.preparer_operations(par=administration, operations=[operation])


def jeton(changement, par):
    return repeter(changement, par).jeton


def photographie():
    """All that applying could write."""
    return (
        list(Competence.objects.order_by("pk").values()),
        list(Demande.objects.order_by("pk").values()),
        list(Acheminement.objects.order_by("pk").values()),
        Notification.objects.count(),
        Evenement.objects.count(),
        list(ChangementCompetences.objects.order_by("pk").values()),
    )


def test_demandes_move_with_their_date_and_both_desks_and_the_company_are_told(
    administration, changement, guichet_region, guichet_vallee, commune
):
    anciens, nouveaux = agent_de(guichet_region), agent_de(guichet_vallee)
    demandes = [
        DemandeFabrique(remise=True, guichet=guichet_region, commune=commune) for _ in range(3)
    ]
    prise = DemandeFabrique(en_instruction=True, guichet=guichet_region, commune=commune)
    membre = MembreFabrique(entreprise=demandes[0].dossier.entreprise).user
    avant = {d.pk: (d.deposee_le, d.echeance) for d in Demande.objects.all()}
    fait = appliquer_changement(par=administration, jeton=jeton(changement, administration))
    assert fait.deplacees == 3
    for demande in demandes:
        demande.refresh_from_db()
        assert (demande.guichet, demande.etat) == (guichet_vallee, Etat.A_ETUDIER)
        assert (demande.deposee_le, demande.echeance) == avant[demande.pk]
        ancien, nouveau = demande.acheminements.order_by("pk")
        assert ancien.rendue_le is not None
        assert (nouveau.guichet, nouveau.rendue_le, nouveau.remise_le) == (
            guichet_vallee,
            None,
            None,
        )
    prise.refresh_from_db()
    assert prise.guichet == guichet_region
    messages = {n.user: n for n in Notification.objects.all()}
    assert Notification.objects.count() == 3
    assert all(d.numero in messages[anciens].texte for d in demandes)
    assert "(3)" in messages[nouveaux].sujet
    assert demandes[0].numero in messages[membre].texte
    assert guichet_vallee.nom in messages[membre].texte
    verbes = list(Evenement.objects.order_by("pk").values_list("verbe", flat=True))
    assert verbes == [
        "competence_ajoutee",
        "changement_applique",
        *["deplacer", "router"] * 3,
    ]
    assert Evenement.objects.get(verbe="changement_applique").donnees["demandes"] == 3


def test_what_is_reviewed_moves_when_asked(
    administration, changement, guichet_region, guichet_vallee, commune
):
    prise = DemandeFabrique(
        en_instruction=True, guichet=guichet_region, commune=commune, agent=agent_de(guichet_region)
    )
    vu = jeton(changement, administration)
    assert appliquer_changement(par=administration, jeton=vu, avec_prises=True).deplacees == 1
    prise.refresh_from_db()
    assert (prise.guichet, prise.agent, prise.etat) == (guichet_vallee, None, Etat.A_ETUDIER)


def test_a_hole_sends_to_the_human_queue_and_its_end_brings_back(
    administration, competence, guichet_region, vallee, commune
):
    demande = DemandeFabrique(remise=True, guichet=guichet_region, commune=commune)
    moins = {**valeurs_de(competence), "exclusions": [f"EPCI-{vallee.siren}"]}
    premier = actes.preparer_operations(
        par=administration, operations=[modification(competence, moins)]
    )
    appliquer_changement(
        par=administration, jeton=jeton(premier, administration), trous_confirmes=True
    )
    demande.refresh_from_db()
    assert (demande.etat, demande.file) == (Etat.A_ROUTER, Demande.File.SANS_GUICHET)
    assert demande.prochaine_tentative is not None
    competence.refresh_from_db()
    plus = {**valeurs_de(competence), "exclusions": []}
    second = actes.preparer_operations(
        par=administration, operations=[modification(competence, plus)]
    )
    appliquer_changement(par=administration, jeton=jeton(second, administration))
    demande.refresh_from_db()
    assert (demande.guichet, demande.file) == (guichet_region, "")
    etapes = demande.acheminements.filter(rendue_le__isnull=True)
    assert etapes.get().cle not in set(
        demande.acheminements.filter(rendue_le__isnull=False).values_list("cle", flat=True)
    )


def test_what_changed_since_the_rehearsal_is_rehearsed_again(
    administration, changement, guichet_region, commune
):
    demande = DemandeFabrique(ouverte=True, guichet=guichet_region, commune=commune)
    vu = jeton(changement, administration)
    Demande.objects.filter(pk=demande.pk).update(etat=Etat.EN_INSTRUCTION)
    avant = photographie()
    with pytest.raises(RepetitionDepassee, match="Rien n’a été appliqué"):
        appliquer_changement(par=administration, jeton=vu)
    assert photographie() == avant


def test_a_failure_in_the_middle_leaves_nothing(
    administration, changement, guichet_region, commune, monkeypatch
):
    agent_de(guichet_region)
    for _ in range(3):
        DemandeFabrique(remise=True, guichet=guichet_region, commune=commune)
    vu, avant = jeton(changement, administration), photographie()
    appels = []

    def tomber(lignes):
        appels.append(len(list(lignes)))
        raise RuntimeError("Panne voulue par un test.")

    monkeypatch.setattr(module, "inscrire", tomber)
    with pytest.raises(RuntimeError):
        appliquer_changement(par=administration, jeton=vu)
    assert appels == [6]
    assert photographie() == avant


def test_it_is_applied_once(administration, changement):
    vu = jeton(changement, administration)
    appliquer_changement(par=administration, jeton=vu)
    with pytest.raises(RepetitionDepassee):
        appliquer_changement(par=administration, jeton=vu)
    assert Competence.objects.count() == 2


def test_nobody_applies_what_they_may_no_longer(region, guichet_region, commune):
    gestion = GestionnaireCatalogueFabrique(organisme=region)
    par = gestion.user
    changement = actes.preparer_operations(par=par, operations=[ajout(valeurs(guichet_region))])
    vu = jeton(changement, par)
    gestion.delete()
    with pytest.raises(actes.ChangementRefuse, match="pas celui d’un de vos organismes"):
        appliquer_changement(par=par, jeton=vu)
    assert not Competence.objects.exists()


def test_what_a_neighbour_reviews_is_for_the_administration(
    changement, administration, guichet_region, guichet_vallee, vallee, commune
):
    DemandeFabrique(en_instruction=True, guichet=guichet_region, commune=commune)
    par = GestionnaireCatalogueFabrique(organisme=guichet_vallee.organisme).user
    operation = ajout(valeurs(guichet_vallee, perimetre=[f"EPCI-{vallee.siren}"]))
    sien = actes.preparer_operations(par=par, operations=[operation])
    repetition = repeter(sien, par)
    assert len(repetition.prises) == 1
    assert not module.peut_deplacer_les_prises(repetition, par)
    assert module.peut_deplacer_les_prises(repeter(changement, administration), administration)


# ------------------------------------------------------------------ meanwhile


@pytest.mark.django_db(transaction=True)
def test_nothing_is_routed_while_who_is_competent_changes():
    competence = CompetenceFabrique()
    demande = DemandeFabrique()
    tenu, fini = threading.Event(), threading.Event()

    def changer():
        with transaction.atomic():
            modifier_seul()
            tenu.set()
            fini.wait(timeout=30)
        connection.close()

    autre = threading.Thread(target=changer)
    autre.start()
    try:
        assert tenu.wait(timeout=30)
        assert not router(demande_id=demande.pk)
        demande.refresh_from_db()
        assert (demande.etat, demande.file) == (Etat.A_ROUTER, "")
    finally:
        fini.set()
        autre.join(timeout=30)
    assert router(demande_id=demande.pk)
    demande.refresh_from_db()
    assert demande.guichet == competence.guichet


# ------------------------------------------------------------------ rehearsed = done

CODES = ("REG-76", "EPCI-{0}", "EPCI-{1}", "COM-20801", "COM-20802")
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["ajouter", "modifier", "supprimer"]),
        st.integers(0, 3),
        st.integers(0, 2),
        st.sets(st.integers(0, 4), min_size=1, max_size=3),
        st.sets(st.integers(1, 4), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture
def monde(db):
    """Three desks, two EPCI and a commune outside both; demandes at every step of their life."""
    epcis = [EpciFabrique(), EpciFabrique()]
    communes = [
        CommuneFabrique(code="20801", epci=epcis[0]),
        CommuneFabrique(code="20802", epci=epcis[1]),
        CommuneFabrique(code="20803", epci=None),
    ]
    guichets = [GuichetFabrique() for _ in range(3)]
    codes = [code.format(*(epci.siren for epci in epcis)) for code in CODES]
    competences = [
        CompetenceFabrique(guichet=guichets[0]),
        CompetenceFabrique(guichet=guichets[1], perimetre=[codes[1]]),
    ]
    version = VersionAideFabrique()
    for commune in communes:
        for _ in range(3):
            demande = DemandeFabrique(commune=commune, version_aide__nature="investissement")
            router(demande_id=demande.pk)
        ouverte = DemandeFabrique(commune=commune, version_aide=version)
        router(demande_id=ouverte.pk)
        Demande.objects.filter(pk=ouverte.pk).update(etat=Etat.EN_INSTRUCTION)
    return guichets, competences, codes


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(tires=OPERATIONS, avec_prises=st.booleans())
def test_the_rehearsal_says_what_applying_does(monde, administration, tires, avec_prises):
    guichets, presentes, codes = monde
    from_db = Competence.objects.in_bulk([c.pk for c in presentes])
    operations, vues = [], set()
    for genre, cible, guichet, dedans, dehors in tires:
        voulues = valeurs(
            guichets[guichet],
            perimetre=[codes[rang] for rang in sorted(dedans)],
            exclusions=[codes[rang] for rang in sorted(dehors)],
        )
        competence = from_db.get(presentes[cible % 2].pk)
        if genre == "ajouter":
            operations.append(ajout(voulues))
        elif competence.pk not in vues:
            vues.add(competence.pk)
            operations.append(
                suppression(competence)
                if genre == "supprimer"
                else modification(competence, voulues)
            )
    if not operations:
        return
    with transaction.atomic():
        changement = actes.preparer_operations(par=administration, operations=operations)
        repetition = repeter(changement, administration)
        voulus = [*repetition.deplacements, *(repetition.prises if avec_prises else ())]
        avant = dict(Demande.objects.values_list("pk", "guichet"))
        fait = appliquer_changement(
            par=administration,
            jeton=repetition.jeton,
            avec_prises=avec_prises,
            trous_confirmes=repetition.ouvre_un_trou,
        )
        apres = dict(Demande.objects.values_list("pk", "guichet"))
        bouges = {pk: (avant[pk], apres[pk]) for pk in avant if avant[pk] != apres[pk]}
        assert bouges == {d.demande: (d.de, d.vers) for d in voulus}
        assert fait.deplacees == len(bouges)
        # Nothing is left to move, but what is in somebody's hands; the rules put all the rest
        # where it is, as the router would.
        for pk in Demande.objects.a_router().values_list("pk", flat=True):
            assert not router(demande_id=pk)
        transaction.set_rollback(True)


def test_queries_do_not_grow_with_the_demandes(
    administration, competence, guichet_region, guichet_vallee, vallee, commune
):
    """Each of its own company, which is told; the desk that receives them has no officer."""
    comptes = []
    version = VersionAideFabrique()
    for nombre in (3, 12):
        ChangementCompetences.objects.all().delete()
        Competence.objects.exclude(pk=competence.pk).delete()
        Demande.objects.update(etat=Etat.RETIREE)
        for _ in range(nombre):
            demande = DemandeFabrique(
                remise=True, guichet=guichet_region, commune=commune, version_aide=version
            )
            MembreFabrique(entreprise=demande.dossier.entreprise)
        operation = ajout(valeurs(guichet_vallee, perimetre=[f"EPCI-{vallee.siren}"]))
        prepare = actes.preparer_operations(par=administration, operations=[operation])
        vu = jeton(prepare, administration)
        with CaptureQueriesContext(connection) as requetes:
            fait = appliquer_changement(par=administration, jeton=vu)
        assert fait.deplacees == nombre
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1]
