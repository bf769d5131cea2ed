"""Withdrawing and redirecting: what becomes of desks, routing, clocks and people."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from dossiers.acheminement.actes import accuser, balayer, orienter, remettre, router
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.depot.actes.suites import repondre, retirer
from dossiers.horloge import echeance
from dossiers.instruction import actes
from dossiers.models import Complement, Demande, Notification
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from tests.fabriques import (
    AcheminementFabrique,
    CommuneFabrique,
    CompetenceFabrique,
    ComplementFabrique,
    DemandeFabrique,
    EpciFabrique,
    GuichetFabrique,
    MembreFabrique,
    UserFabrique,
    agent_de,
    guichet_epci,
    il_y_a,
)

pytestmark = pytest.mark.django_db
MOTIF = "Le projet relève d’un autre organisme."


def membre(demande):
    return MembreFabrique(entreprise=demande.dossier.entreprise).user


def avertis() -> set[int]:
    return set(Notification.objects.values_list("user", flat=True))


# ------------------------------------------------------------------ withdrawing


@pytest.mark.parametrize("trait", ["", "sans_guichet", "remise", "ouverte", "en_instruction"])
def test_a_company_withdraws_from_any_open_state(trait):
    demande = DemandeFabrique(**({trait: True} if trait else {}))
    user = membre(demande)
    retiree = retirer(demande=demande, user=user, motif=" Projet abandonné. ")
    assert (retiree.etat, retiree.motif) == (Etat.RETIREE, "Projet abandonné.")
    assert (retiree.prochaine_tentative, retiree.file) == (None, "")
    assert retiree.decidee_le is not None
    assert Evenement.objects.get().verbe == "retirer"
    assert not router(demande_id=demande.pk)
    assert not Demande.objects.en_file_humaine().exists()


def test_withdrawing_tells_the_whole_desk_and_ends_what_was_asked():
    complement = ComplementFabrique()
    demande = complement.demande
    agents = {agent_de(demande.guichet).pk, agent_de(demande.guichet).pk}
    agent_de(GuichetFabrique())
    membre(demande)
    retirer(demande=demande, user=membre(demande))
    assert avertis() == agents
    assert Complement.objects.get().cloture == "demande_close"


@pytest.mark.parametrize("trait", ["acceptee", "refusee"])
def test_a_decided_demande_is_not_withdrawn(trait):
    demande = DemandeFabrique(**{trait: True})
    with pytest.raises(TransitionRefusee, match="n’est pas possible dans cet état"):
        retirer(demande=demande, user=membre(demande))


@pytest.mark.parametrize("qui", ["en attente", "autre", "agent"])
def test_only_its_company_withdraws(qui):
    demande = DemandeFabrique(en_instruction=True)
    user = {
        "en attente": lambda: (
            MembreFabrique(entreprise=demande.dossier.entreprise, etat="en_attente").user
        ),
        "autre": lambda: MembreFabrique().user,
        "agent": lambda: agent_de(demande.guichet),
    }[qui]()
    with pytest.raises(TransitionRefusee, match="Seule l’entreprise"):
        retirer(demande=demande, user=user)
    assert not Evenement.objects.exists()


def test_what_is_withdrawn_is_no_longer_handed_over(mailoutbox):
    acheminement = AcheminementFabrique(canal="courriel", demande__guichet__courriel="g@x.invalid")
    retirer(demande=acheminement.demande, user=membre(acheminement.demande))
    assert not remettre(acheminement_id=acheminement.pk)
    assert balayer() == 0
    assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_decision_at_the_same_moment():
    """Two transactions on the locked row: one wins, the other is told; never both."""
    demande = DemandeFabrique(en_instruction=True)
    agent, user = agent_de(demande.guichet), membre(demande)
    depart, issues = threading.Barrier(2), []

    def faire(acte, **champs):
        try:
            depart.wait(timeout=10)
            issues.append(acte(demande=demande, **champs).etat)
        except TransitionRefusee as refus:
            issues.append(str(refus))
        finally:
            connection.close()

    fils = [
        threading.Thread(target=faire, args=(retirer,), kwargs={"user": user}),
        threading.Thread(
            target=faire,
            args=(actes.accepter,),
            kwargs={"user": agent, "montant_accorde": Decimal(5000)},
        ),
    ]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=20)
    finale = Demande.objects.get()
    assert finale.etat in {Etat.RETIREE, Etat.ACCEPTEE}
    refus = [issue for issue in issues if issue != finale.etat]
    assert len(issues) == 2
    assert len(refus) == 1
    assert f"« {finale.get_etat_display()} »" in refus[0]
    assert (finale.montant_accorde is None) == (finale.etat == Etat.RETIREE)
    decisives = Evenement.objects.filter(verbe__in=["retirer", "accepter"])
    assert [ligne.donnees["vers"] for ligne in decisives] == [finale.etat]


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment_are_one():
    complement = ComplementFabrique()
    users = [membre(complement.demande), membre(complement.demande)]
    depart, issues = threading.Barrier(2), []

    def faire(user):
        try:
            depart.wait(timeout=10)
            repondre(complement=complement, user=user, incomplete=True)
            issues.append("partie")
        finally:
            connection.close()

    fils = [threading.Thread(target=faire, args=(user,)) for user in users]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=20)
    assert issues == ["partie", "partie"]
    assert Evenement.objects.filter(verbe="completer").count() == 1


# ------------------------------------------------------------------ redirecting


def suivie(**champs):
    demande = DemandeFabrique(en_instruction=True, deposee_le=il_y_a(days=20), **champs)
    agent = agent_de(demande.guichet)
    Demande.objects.filter(pk=demande.pk).update(agent=agent)
    demande.refresh_from_db()
    return demande, agent


def test_the_same_demande_goes_to_the_new_desk_with_its_date_and_clock():
    """CRPA, article L114-3: the delay runs from receipt by the first administration."""
    demande, agent = suivie()
    ancien, nouveau = demande.guichet, GuichetFabrique(courriel="nouveau@exemple.invalid")
    user, arrivant = membre(demande), agent_de(nouveau)
    confiee = actes.reorienter(demande=demande, user=agent, motif=MOTIF, guichet=nouveau)
    assert (confiee.etat, confiee.guichet, confiee.agent) == (Etat.A_ETUDIER, nouveau, None)
    assert (confiee.deposee_le, confiee.echeance) == (demande.deposee_le, demande.echeance)
    assert confiee.motif_orientation == MOTIF
    assert avertis() == {user.pk, arrivant.pk}
    assert [e.verbe for e in Evenement.objects.order_by("pk")] == ["reorienter", "router"]
    assert Evenement.objects.get(verbe="reorienter").donnees["guichet"] == ancien.pk
    assert "relève" not in str(list(Evenement.objects.values_list("donnees", flat=True)))
    assert balayer() == 2, "its inbox, and the e-mail that announces it"
    assert not Demande.objects.visibles_au_guichet(agent).exists()
    vue = Demande.objects.de_mes_guichets(arrivant).get()
    assert vue.permissions(arrivant)["accuser"]
    assert not vue.permissions(agent)["prendre_en_charge"]


def test_a_former_desk_reads_it_only_if_it_is_in_its_territory():
    epci = EpciFabrique()
    guichet = guichet_epci(epci)
    demande, agent = suivie(guichet=guichet, commune=CommuneFabrique(epci=epci))
    actes.reorienter(demande=demande, user=agent, motif=MOTIF, guichet=GuichetFabrique())
    assert Demande.objects.visibles_au_guichet(agent).get() == demande
    assert not Demande.objects.de_mes_guichets(agent).exists()
    assert not any(permission for permission in Demande.objects.get().permissions(agent).values())


def test_a_demande_that_comes_back_is_handed_over_and_opened_again():
    demande, agent = suivie()
    premier, second = demande.guichet, GuichetFabrique()
    Acheminement.objects.update(canal="portail")
    autre = agent_de(second)
    demande = actes.reorienter(demande=demande, user=agent, motif=MOTIF, guichet=second)
    balayer()
    accuser(demande=demande, user=autre)
    demande = actes.reorienter(demande=demande, user=autre, motif=MOTIF, guichet=premier)
    assert not demande.permissions(agent)["accuser"], "not handed over yet"
    balayer()
    assert Demande.objects.de_mes_guichets(agent).get() == demande
    permissions = demande.permissions(agent)
    assert permissions["accuser"]
    assert "Ouvrez d’abord" in permissions["prendre_en_charge"].reason
    accuser(demande=demande, user=agent)
    actes.prendre_en_charge(demande=demande, user=agent)
    passages = Acheminement.objects.filter(guichet=premier).order_by("pk")
    assert [passage.rendue_le is None for passage in passages] == [False, True]
    assert len({passage.cle for passage in passages}) == 2


def test_the_human_queue_keeps_what_a_desk_gave_back():
    demande, agent = suivie()
    CompetenceFabrique(guichet=demande.guichet)
    rendue = actes.reorienter(demande=demande, user=agent, motif=MOTIF)
    assert (rendue.etat, rendue.guichet, rendue.file) == (Etat.A_ROUTER, None, "reorientee")
    assert rendue.file_motif == MOTIF
    Demande.objects.update(prochaine_tentative=timezone.now() - timedelta(days=2))
    assert balayer() == 0, "the rules would send it back to the same desk"
    assert not router(demande_id=demande.pk)
    autre = GuichetFabrique()
    orientee = orienter(
        demande=rendue, guichet=autre, user=UserFabrique(administration=True), motif="Accord."
    )
    assert (orientee.guichet, orientee.etat) == (autre, Etat.A_ETUDIER)


def test_what_the_former_desk_asked_is_answered_to_the_new_one():
    complement = ComplementFabrique(demande__deposee_le=il_y_a(days=20), demandee_le=il_y_a(days=6))
    demande, nouveau = complement.demande, GuichetFabrique()
    user, arrivant = membre(demande), agent_de(nouveau)
    parti = agent_de(demande.guichet)
    demande = actes.reorienter(demande=demande, user=parti, motif=MOTIF, guichet=nouveau)
    assert Complement.objects.get().est_en_cours
    Notification.objects.all().delete()
    repondre(complement=complement, user=user, incomplete=True)
    demande.refresh_from_db()
    assert demande.etat == Etat.A_ETUDIER, "the new desk has not opened it yet"
    assert demande.echeance == echeance(demande.deposee_le) + timedelta(days=6)
    assert avertis() == {arrivant.pk}
    assert Complement.objects.get().cloture == "repondu"


def test_pending_handings_over_of_the_former_desk_are_dropped(mailoutbox):
    demande, agent = suivie()
    AcheminementFabrique(demande=demande, canal="courriel", de_reference=False)
    actes.reorienter(demande=demande, user=agent, motif=MOTIF)
    assert balayer() == 0
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"motif": ""}, "Indiquez le motif"),
        ({"motif": "non"}, "10 caractères"),
        ({"motif": "x" * 3001}, "dépasse"),
        ({"etat_vu": "a_etudier"}, "vient de changer"),
    ],
)
def test_a_redirection_that_cannot_be_writes_nothing(champs, message):
    demande, agent = suivie()
    envoi = {"motif": MOTIF, "guichet": GuichetFabrique(), **champs}
    with pytest.raises(TransitionRefusee, match=message):
        actes.reorienter(demande=demande, user=agent, **envoi)
    assert not Evenement.objects.exists()
    assert Acheminement.objects.get().rendue_le is None


def test_it_is_not_redirected_to_the_desk_that_has_it():
    demande, agent = suivie()
    with pytest.raises(TransitionRefusee, match="déjà à ce guichet"):
        actes.reorienter(demande=demande, user=agent, motif=MOTIF, guichet=demande.guichet)
