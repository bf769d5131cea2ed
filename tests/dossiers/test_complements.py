"""Asking for what is missing, answering, going on without: states, clock, people told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from aides.criteres.valeurs import afficher_date
from dossiers.circuit import Etat
from dossiers.depot.actes.suites import ReponseIncomplete, enregistrer_reponses, repondre
from dossiers.horloge import echeance
from dossiers.instruction import actes
from dossiers.instruction.actes import Element
from dossiers.instruction.actes_complements import annuler_complement, corriger_complement
from dossiers.models import Complement, Demande, Notification, Piece
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from tests.fabriques import (
    AgentGuichetFabrique,
    ComplementFabrique,
    DemandeFabrique,
    GuichetFabrique,
    MembreFabrique,
    UserFabrique,
    agent_de,
    il_y_a,
)

pytestmark = pytest.mark.django_db
ELEMENTS = (Element("Devis daté", "devis"), Element("Qui installe la machine ?"))


def dans(jours: int) -> date:
    return timezone.localdate() + timedelta(days=jours)


def demander(demande, user, **champs):
    return actes.demander_complement(
        **{
            "demande": demande,
            "user": user,
            "elements": ELEMENTS,
            "attendue_le": dans(30),
            **champs,
        }
    )


def membre(demande):
    return MembreFabrique(entreprise=demande.dossier.entreprise).user


def avertis() -> set[int]:
    return set(Notification.objects.values_list("user", flat=True))


# ------------------------------------------------------------------ asking


@pytest.mark.parametrize("depuis", ["ouverte", "en_instruction"])
def test_asking_waits_for_the_company_and_stops_the_clock(depuis):
    demande = DemandeFabrique(**{depuis: True}, deposee_le=il_y_a(days=20))
    agent = agent_de(demande.guichet)
    complement = demander(demande, agent, message=" Bonjour. ")
    demande.refresh_from_db()
    assert (demande.etat, demande.agent) == (Etat.A_COMPLETER, agent)
    assert demande.echeance == echeance(demande.deposee_le) + timedelta(days=30)
    assert complement.message == "Bonjour."
    assert list(complement.elements.values_list("rang", "genre", "type_piece", "libelle")) == [
        (1, "piece", "devis", "Devis daté"),
        (2, "question", "", "Qui installe la machine ?"),
    ]
    ligne = Evenement.objects.get()
    assert ligne.verbe == "demander_complement"
    assert ligne.donnees["attendue_le"] == dans(30).isoformat()
    assert "Devis" not in str(ligne.donnees), "the journal holds no free text"


def test_the_officer_who_follows_the_demande_goes_on_following_it():
    demande = DemandeFabrique(en_instruction=True)
    demande.agent = agent_de(demande.guichet)
    demande.save()
    demander(demande, agent_de(demande.guichet))
    assert Demande.objects.get().agent == demande.agent


def test_every_member_is_told_and_nobody_else():
    demande = DemandeFabrique(en_instruction=True)
    membres = {membre(demande).pk, membre(demande).pk}
    MembreFabrique(entreprise=demande.dossier.entreprise, etat="en_attente")
    MembreFabrique()
    agent_de(GuichetFabrique())
    demander(demande, agent_de(demande.guichet))
    assert avertis() == membres
    chemins = {notification.chemin for notification in Notification.objects.all()}
    assert chemins == {f"/dossiers/{demande.dossier.identifiant}/a-faire/"}


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"elements": ()}, "au moins une pièce"),
        ({"elements": ELEMENTS * 11}, "au plus 20"),
        ({"elements": [Element("  ")]}, "Dites ce que vous demandez"),
        ({"elements": [Element("x" * 501)]}, "500 caractères"),
        ({"elements": [Element("x", "passeport")]}, "n’existe pas"),
        ({"message": "x" * 3001}, "dépasse 3000"),
        ({"attendue_le": dans(0)}, "de demain à six mois"),
        ({"attendue_le": dans(184)}, "de demain à six mois"),
        ({"etat_vu": "a_etudier"}, "vient de changer"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(champs, message):
    demande = DemandeFabrique(en_instruction=True)
    membre(demande)
    with pytest.raises(TransitionRefusee, match=message):
        demander(demande, agent_de(demande.guichet), **champs)
    assert not Complement.objects.exists()
    assert not Evenement.objects.exists()
    assert not Notification.objects.exists()
    assert Demande.objects.get().etat == Etat.EN_INSTRUCTION


@pytest.mark.parametrize("jours", [1, 183])
def test_the_first_and_the_last_day_are_allowed(jours):
    demande = DemandeFabrique(en_instruction=True)
    assert demander(demande, agent_de(demande.guichet), attendue_le=dans(jours)).pk


def test_one_request_at_a_time():
    complement = ComplementFabrique()
    demande = complement.demande
    with pytest.raises(IntegrityError, match="un_complement_en_cours"):
        ComplementFabrique(demande=demande)


def test_a_second_request_is_refused_in_words():
    complement = ComplementFabrique()
    Demande.objects.update(etat=Etat.EN_INSTRUCTION)
    demande = Demande.objects.get()
    with pytest.raises(TransitionRefusee, match="attend déjà la réponse"):
        demander(demande, agent_de(demande.guichet))
    assert Complement.objects.get() == complement


@pytest.mark.parametrize("qui", ["autre guichet", "entreprise", "administration"])
def test_only_the_desk_asks(qui):
    demande = DemandeFabrique(en_instruction=True)
    user = {
        "autre guichet": lambda: agent_de(GuichetFabrique()),
        "entreprise": lambda: membre(demande),
        "administration": lambda: UserFabrique(administration=True),
    }[qui]()
    with pytest.raises(TransitionRefusee, match="Seuls les agents"):
        demander(demande, user)


# ------------------------------------------------------------------ answering


def prete(**champs):
    """A request for more, its demande, a member and the officer who follows it."""
    complement = ComplementFabrique(**champs)
    demande = complement.demande
    agent = agent_de(demande.guichet)
    Demande.objects.filter(pk=demande.pk).update(agent=agent)
    return complement, demande, membre(demande), agent


def test_the_answer_resumes_the_review_and_the_clock_the_same_day():
    """CRPA, article L114-5: the suspension ends when the pieces are produced."""
    complement, demande, user, agent = prete(
        demande__deposee_le=il_y_a(days=30), demandee_le=il_y_a(days=10)
    )
    collegue = agent_de(demande.guichet)
    reponses = dict.fromkeys(complement.elements.values_list("pk", flat=True), "Réponse fictive")
    enregistrer_reponses(complement=complement, user=user, reponses=reponses)
    assert Demande.objects.get().etat == Etat.A_COMPLETER, "a draft sends nothing"
    assert not Notification.objects.exists()
    repondre(complement=complement, user=user)
    demande.refresh_from_db()
    complement.refresh_from_db()
    assert demande.etat == Etat.EN_INSTRUCTION
    assert (complement.cloture, complement.repondue_par) == ("repondu", user)
    assert demande.echeance == echeance(demande.deposee_le) + timedelta(days=10)
    assert avertis() == {agent.pk}
    assert collegue.pk not in avertis()
    ligne = Evenement.objects.get()
    assert ligne.donnees["debut"] == dans(-10).isoformat()
    assert ligne.donnees["fin"] == dans(0).isoformat()
    assert ligne.donnees["en_retard"] is False


def test_a_late_answer_is_taken_and_the_clock_ran_since_the_due_date():
    """CRPA, article L114-5: the suspension lasts no longer than the time given."""
    complement, demande, user, _ = prete(
        demande__deposee_le=il_y_a(days=50), demandee_le=il_y_a(days=30), attendue_le=dans(-10)
    )
    assert complement.est_en_retard
    repondre(complement=complement, user=user, incomplete=True)
    demande.refresh_from_db()
    assert demande.etat == Etat.EN_INSTRUCTION
    assert demande.echeance == echeance(demande.deposee_le) + timedelta(days=20)
    assert Evenement.objects.get().donnees["en_retard"] is True


def test_when_its_officer_has_left_the_whole_desk_is_told():
    complement, demande, user, agent = prete()
    agent.affectations.all().delete()
    collegues = {agent_de(demande.guichet).pk, agent_de(demande.guichet).pk}
    repondre(complement=complement, user=user, incomplete=True)
    assert avertis() == collegues


def test_an_incomplete_answer_asks_first():
    complement, _, user, _ = prete()
    question = complement.elements.get(genre="question")
    enregistrer_reponses(complement=complement, user=user, reponses={question.pk: "Oui."})
    with pytest.raises(ReponseIncomplete) as refus:
        repondre(complement=complement, user=user)
    assert [element.libelle for element in refus.value.manquants] == ["Devis fictif"]
    assert Demande.objects.get().etat == Etat.A_COMPLETER
    assert not Evenement.objects.exists()
    repondre(complement=complement, user=user, incomplete=True)
    assert Evenement.objects.get().donnees["manquants"] == 1


@pytest.mark.parametrize("retiree", [False, True])
def test_a_file_answers_unless_it_was_taken_back(retiree):
    complement, demande, user, _ = prete()
    piece, question = complement.elements.order_by("rang")
    enregistrer_reponses(complement=complement, user=user, reponses={question.pk: "Oui."})
    Piece.objects.create(
        dossier=demande.dossier, demande=demande, element=piece, nom="devis.pdf", taille=1,
        fichier="x", empreinte="0" * 64, retiree_le=timezone.now() if retiree else None,
    )  # fmt: skip
    if retiree:
        with pytest.raises(ReponseIncomplete):
            repondre(complement=complement, user=user)
    else:
        assert repondre(complement=complement, user=user).est_repondu


def test_the_same_answer_sent_twice_changes_nothing():
    complement, _, user, _ = prete()
    repondre(complement=complement, user=user, incomplete=True)
    avant = (Complement.objects.get().close_le, Evenement.objects.count(), avertis())
    repondre(complement=complement, user=user, incomplete=True)
    assert (Complement.objects.get().close_le, Evenement.objects.count(), avertis()) == avant
    with pytest.raises(TransitionRefusee, match="déjà partie"):
        enregistrer_reponses(complement=complement, user=user, reponses={})


@pytest.mark.parametrize("qui", ["en attente", "étranger", "agent"])
def test_only_the_company_answers(qui):
    complement, demande, _, agent = prete()
    entreprise = demande.dossier.entreprise
    user = {
        "en attente": lambda: MembreFabrique(entreprise=entreprise, etat="en_attente").user,
        "étranger": UserFabrique,
        "agent": lambda: agent,
    }[qui]()
    for acte in (
        lambda: enregistrer_reponses(complement=complement, user=user, reponses={}),
        lambda: repondre(complement=complement, user=user, incomplete=True),
    ):
        with pytest.raises(TransitionRefusee, match="Seule l’entreprise"):
            acte()
    assert Complement.objects.get().est_en_cours


def test_an_endless_answer_is_refused_and_nothing_is_kept():
    complement, _, user, _ = prete()
    piece, question = complement.elements.order_by("rang")
    with pytest.raises(TransitionRefusee, match="3000"):
        enregistrer_reponses(
            complement=complement, user=user, reponses={piece.pk: "court", question.pk: "x" * 3001}
        )
    assert set(complement.elements.values_list("reponse", flat=True)) == {""}


# ------------------------------------------------------------------ going on, and the clock


def test_going_on_without_waiting_resumes_the_clock_and_tells_the_company():
    complement, demande, user, agent = prete(
        demande__deposee_le=il_y_a(days=30), demandee_le=il_y_a(days=5)
    )
    reprise = actes.reprendre(demande=demande, user=agent)
    assert reprise.etat == Etat.EN_INSTRUCTION
    assert reprise.echeance == echeance(demande.deposee_le) + timedelta(days=5)
    assert avertis() == {user.pk}
    with pytest.raises(TransitionRefusee, match="poursuivi sans attendre"):
        repondre(complement=complement, user=user, incomplete=True)
    assert Complement.objects.get().cloture == "sans_attendre"


def test_nothing_can_be_resumed_when_nothing_waits():
    demande = DemandeFabrique(en_instruction=True)
    with pytest.raises(TransitionRefusee, match="Aucune demande de compléments"):
        actes.reprendre(demande=demande, user=agent_de(demande.guichet))


def test_each_suspension_is_given_back():
    """CRPA, article L114-5: two requests, two suspensions, one delay."""
    complement, demande, user, agent = prete(
        demande__deposee_le=il_y_a(days=40), demandee_le=il_y_a(days=10)
    )
    repondre(complement=complement, user=user, incomplete=True)
    second = demander(demande, agent, attendue_le=dans(20))
    demande.refresh_from_db()
    assert demande.echeance == echeance(demande.deposee_le) + timedelta(days=30)
    repondre(complement=second, user=user, incomplete=True)
    demande.refresh_from_db()
    assert demande.echeance == echeance(demande.deposee_le) + timedelta(days=10)


def test_a_request_made_too_late_revives_no_delay():
    """CRPA, article L231-4: once two months are over, silence has rejected already."""
    demande = DemandeFabrique(en_instruction=True, deposee_le=il_y_a(days=80))
    demander(demande, agent_de(demande.guichet))
    demande.refresh_from_db()
    assert demande.echeance == echeance(demande.deposee_le)


def test_a_decision_ends_what_was_asked():
    complement, demande, user, agent = prete()
    actes.classer_sans_suite(demande=demande, user=agent, motif="Sans nouvelles de l’entreprise.")
    complement.refresh_from_db()
    assert complement.cloture == "demande_close"
    with pytest.raises(TransitionRefusee, match="Cette demande est close"):
        repondre(complement=complement, user=user)


# ------------------------------------------------------------------ correcting, cancelling


def test_the_company_is_told_what_until_when_and_the_new_date():
    demande = DemandeFabrique(en_instruction=True)
    membre(demande)
    demander(demande, agent_de(demande.guichet))
    texte = Notification.objects.get().texte
    assert "- Devis : Devis daté\n- Question : Qui installe la machine ?\n" in texte
    demande.refresh_from_db()
    for jour in (dans(30), demande.echeance):
        assert afficher_date(jour) in texte


def test_an_element_added_and_a_later_date_move_the_clock_and_are_told():
    complement, demande, user, agent = prete()
    avant = demande.echeance
    corriger_complement(
        demande=demande, user=agent, elements=[Element("Statuts", "statuts")], attendue_le=dans(45)
    )
    complement.refresh_from_db()
    demande.refresh_from_db()
    assert list(complement.elements.values_list("rang", "type_piece")) == [
        (1, "devis"),
        (2, ""),
        (3, "statuts"),
    ]
    assert complement.attendue_le == dans(45)
    assert demande.etat == Etat.A_COMPLETER
    assert demande.echeance == avant + timedelta(days=15)
    notification = Notification.objects.get()
    assert notification.user == user
    assert "- Statuts" in notification.texte
    assert afficher_date(demande.echeance) in notification.texte
    ligne = Evenement.objects.get()
    assert (ligne.verbe, ligne.donnees["ajoutes"]) == ("corriger_complement", 1)
    assert ligne.donnees["attendue_le"] == dans(45).isoformat()


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"attendue_le": dans(29)}, "pas avancer"),
        ({"attendue_le": dans(184)}, "pas avancer"),
        ({"attendue_le": dans(30)}, "Ajoutez un élément"),
        ({"attendue_le": dans(30), "elements": [Element("x")] * 19}, "encore en ajouter 18"),
        ({"attendue_le": dans(31), "elements": [Element("x" * 501)]}, "500 caractères"),
        ({"attendue_le": dans(31), "etat_vu": "en_instruction"}, "vient de changer"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(champs, message):
    complement, demande, _, agent = prete()
    with pytest.raises(TransitionRefusee, match=message):
        corriger_complement(demande=demande, user=agent, **champs)
    assert Complement.objects.get().attendue_le == complement.attendue_le
    assert complement.elements.count() == 2
    assert not Evenement.objects.exists()
    assert not Notification.objects.exists()


def test_a_request_whose_date_has_passed_is_not_put_off():
    """CRPA, article L114-5: the clock has run since; it does not stop again in the past."""
    _, demande, _, agent = prete(demandee_le=il_y_a(days=20), attendue_le=dans(-1))
    with pytest.raises(TransitionRefusee, match="le délai court de nouveau"):
        corriger_complement(demande=demande, user=agent, attendue_le=dans(10))


def test_a_cancelled_request_asks_nothing_more_and_the_clock_runs():
    complement, demande, user, agent = prete(
        demande__deposee_le=il_y_a(days=30), demandee_le=il_y_a(days=5)
    )
    reprise = annuler_complement(demande=demande, user=agent)
    assert reprise.etat == Etat.EN_INSTRUCTION
    assert reprise.echeance == echeance(demande.deposee_le) + timedelta(days=5)
    assert "rien à envoyer" in Notification.objects.get(user=user).texte
    assert Complement.objects.get().cloture == "annule"
    assert Evenement.objects.get().donnees["complement"] == complement.pk
    with pytest.raises(TransitionRefusee, match="a annulé cette demande"):
        repondre(complement=complement, user=user, incomplete=True)
    with pytest.raises(TransitionRefusee, match="Aucune demande de compléments"):
        corriger_complement(demande=reprise, user=agent, attendue_le=dans(60))


def test_another_desk_neither_corrects_nor_cancels():
    _, demande, _, _ = prete()
    autre = agent_de(GuichetFabrique())
    with pytest.raises(TransitionRefusee, match="Seuls les agents"):
        corriger_complement(demande=demande, user=autre, attendue_le=dans(40))
    with pytest.raises(TransitionRefusee, match="Seuls les agents"):
        annuler_complement(demande=demande, user=autre)


# ------------------------------------------------------------------ who follows it


def test_taking_over_from_a_colleague_tells_them():
    demande = DemandeFabrique(en_instruction=True)
    parti, autre = agent_de(demande.guichet), agent_de(demande.guichet)
    Demande.objects.update(agent=parti)
    demande.refresh_from_db()
    assert actes.prendre_le_relais(demande=demande, user=autre).agent == autre
    assert avertis() == {parti.pk}
    demande.refresh_from_db()
    with pytest.raises(TransitionRefusee, match="suivez déjà"):
        actes.prendre_le_relais(demande=demande, user=autre)


def test_an_officer_who_left_is_shown_replaced_and_told_nothing():
    demande = DemandeFabrique(en_instruction=True)
    parti = UserFabrique()
    Demande.objects.update(agent=parti)
    vue = Demande.objects.with_details().get()
    assert vue.agent_parti
    agent = agent_de(demande.guichet)
    actes.prendre_le_relais(demande=vue, user=agent)
    assert not Demande.objects.with_details().get().agent_parti
    assert avertis() == set()


def test_giving_it_to_a_colleague_of_the_desk_only():
    _, demande, _, agent = prete()
    collegue, ailleurs = agent_de(demande.guichet), agent_de(GuichetFabrique())
    with pytest.raises(TransitionRefusee, match="de ce guichet"):
        actes.passer_le_relais(demande=demande, user=agent, agent=ailleurs)
    faite = actes.passer_le_relais(demande=demande, user=agent, agent=collegue)
    assert (faite.agent, faite.etat) == (collegue, Etat.A_COMPLETER)
    assert avertis() == {collegue.pk}


def test_the_follower_of_another_desk_is_not_its_officer():
    demande = DemandeFabrique(en_instruction=True)
    ailleurs = AgentGuichetFabrique().user
    with pytest.raises(TransitionRefusee, match="Seuls les agents"):
        actes.prendre_le_relais(demande=demande, user=ailleurs)
