"""Threads: who writes, who is told, what is read; and the e-mails that announce it all."""

from __future__ import annotations

import uuid

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.instruction.listes import compteurs
from dossiers.messagerie import ENTREPRISE, GUICHET, ecrire, fil, marquer_lus, peut_ecrire
from dossiers.models import Demande, Dossier, Message, Notification
from dossiers.notifications import envoyer_dues, prevenir
from dossiers.transitions import TransitionRefusee
from portal.socle.models import Evenement
from tests.fabriques import (
    AcheminementFabrique,
    ComplementFabrique,
    DemandeFabrique,
    GuichetFabrique,
    MembreFabrique,
    MessageFabrique,
    UserFabrique,
    agent_de,
    il_y_a,
)

pytestmark = pytest.mark.django_db


def membre(demande, **champs):
    return MembreFabrique(entreprise=demande.dossier.entreprise, **champs).user


def envoyer(demande, user, cote, texte="Bonjour."):
    return ecrire(demande=demande, user=user, cote=cote, texte=texte, jeton=uuid.uuid4())


def avertis() -> set[int]:
    return set(Notification.objects.values_list("user", flat=True))


def test_a_message_of_the_company_is_told_to_who_follows_the_demande():
    demande = DemandeFabrique(en_instruction=True)
    agent, _ = agent_de(demande.guichet), agent_de(demande.guichet)
    Demande.objects.update(agent=agent)
    envoyer(demande, membre(demande), ENTREPRISE)
    assert avertis() == {agent.pk}
    ligne = Evenement.objects.get()
    assert ligne.donnees == {"message": Message.objects.get().pk, "cote": "entreprise"}


def test_when_nobody_follows_it_the_whole_desk_is_told():
    demande = DemandeFabrique(ouverte=True)
    agents = {agent_de(demande.guichet).pk, agent_de(demande.guichet).pk}
    agent_de(GuichetFabrique())
    envoyer(demande, membre(demande), ENTREPRISE)
    assert avertis() == agents


def test_a_message_of_the_desk_is_told_to_members_and_reads_theirs():
    recu = MessageFabrique()
    demande = recu.demande
    user = membre(demande)
    membre(demande, etat="en_attente")
    envoyer(demande, agent_de(demande.guichet), GUICHET)
    recu.refresh_from_db()
    assert recu.lu_le is not None
    assert avertis() == {user.pk}


def test_the_same_form_sent_twice_is_one_message():
    demande = DemandeFabrique(en_instruction=True)
    champs = {"demande": demande, "user": membre(demande), "jeton": uuid.uuid4()}
    agent_de(demande.guichet)
    for _ in range(2):
        ecrire(cote=ENTREPRISE, texte="Bonjour.", **champs)
    assert Message.objects.count() == Evenement.objects.count() == Notification.objects.count() == 1


@pytest.mark.parametrize(
    ("qui", "cote"),
    [
        ("en attente", ENTREPRISE),
        ("étranger", ENTREPRISE),
        ("agent", ENTREPRISE),
        ("membre", GUICHET),
        ("autre guichet", GUICHET),
        ("administration", GUICHET),
    ],
)
def test_nobody_writes_for_a_side_that_is_not_theirs(qui, cote):
    demande = DemandeFabrique(en_instruction=True)
    user = {
        "en attente": lambda: membre(demande, etat="en_attente"),
        "étranger": UserFabrique,
        "agent": lambda: agent_de(demande.guichet),
        "membre": lambda: membre(demande),
        "autre guichet": lambda: agent_de(GuichetFabrique()),
        "administration": lambda: UserFabrique(administration=True),
    }[qui]()
    with pytest.raises(TransitionRefusee, match="Seuls l’entreprise et le guichet"):
        envoyer(demande, user, cote)
    assert marquer_lus(demande=demande, user=user, cote=cote) == 0
    assert not Message.objects.exists()


def test_nobody_would_read_it_while_no_desk_has_the_demande():
    demande = DemandeFabrique()
    with pytest.raises(TransitionRefusee, match="Aucun guichet"):
        envoyer(demande, membre(demande), ENTREPRISE)


@pytest.mark.parametrize(("jours", "ouvert"), [(89, True), (91, False)])
def test_a_thread_outlives_the_decision_for_ninety_days(jours, ouvert):
    demande = DemandeFabrique(refusee=True, decidee_le=il_y_a(days=jours))
    permission = peut_ecrire(demande, membre(demande), ENTREPRISE)
    assert bool(permission) == ouvert
    assert ("plus de 90 jours" in permission.reason) != ouvert


def test_a_new_desk_reads_the_whole_thread():
    recu = MessageFabrique()
    nouveau = GuichetFabrique()
    Demande.objects.update(guichet=nouveau)
    Acheminement.objects.update(rendue_le=timezone.now())
    demande = Demande.objects.get()
    AcheminementFabrique(demande=demande, guichet=nouveau, accuse=True)
    envoyer(demande, agent_de(nouveau), GUICHET)
    premier, second = fil(demande, GUICHET)
    assert (premier.texte, premier.de_moi, premier.mention) == (recu.texte, False, "")
    assert second.auteur.startswith(nouveau.nom)
    assert (second.de_moi, second.mention) == (True, "pas encore lu")


def test_what_the_lists_count():
    guichet = GuichetFabrique()
    message = MessageFabrique(demande__guichet=guichet)
    complement = ComplementFabrique(demande__guichet=guichet)
    repondu = ComplementFabrique(demande__guichet=guichet)
    repondu.close_le, repondu.cloture = timezone.now(), "repondu"
    repondu.save()
    Demande.objects.filter(pk=repondu.demande.pk).update(etat=Etat.EN_INSTRUCTION)
    groupes = ["messages", "a_completer", "reponses_recues", "a_reprendre", "urgentes"]
    Demande.objects.update(echeance=timezone.localdate())
    nombres = {c.groupe: c.nombre for c in compteurs(Demande.objects.all(), groupes)}
    assert nombres == {
        "messages": 1,
        "a_completer": 1,
        "reponses_recues": 1,
        "a_reprendre": 3,
        # A suspended clock is not urgent.
        "urgentes": 2,
    }
    MessageFabrique(demande=message.demande, cote=GUICHET)
    dossiers = Dossier.objects.with_a_faire()
    par_dossier = {d.pk: (d.reponses_attendues, d.messages_non_lus) for d in dossiers}
    assert par_dossier[message.demande.dossier_id] == (0, 1)
    assert par_dossier[complement.demande.dossier_id] == (1, 0)
    assert par_dossier[repondu.demande.dossier_id] == (0, 0)


# ------------------------------------------------------------------ e-mails


def test_each_person_gets_one_plain_e_mail():
    demande = DemandeFabrique(en_instruction=True)
    user = membre(demande)
    envoyer(demande, agent_de(demande.guichet), GUICHET, "Texte que le courriel ne dit pas.")
    assert envoyer_dues() == 1
    (courriel,) = mail.outbox
    assert courriel.to == [user.email]
    assert courriel.subject == f"Nouveau message du guichet : {demande.version_aide.titre}"
    assert f"/demandes/{demande.identifiant}/echanges/" in courriel.body
    assert "ne dit pas" not in courriel.body
    assert courriel.content_subtype == "plain"
    assert envoyer_dues() == 0, "once"


def test_messages_in_a_row_make_one_e_mail():
    demande = DemandeFabrique(en_instruction=True)
    user, agent = membre(demande), agent_de(demande.guichet)
    for _ in range(3):
        envoyer(demande, agent, GUICHET)
    assert envoyer_dues() == 1
    # Read at once, answered within ten minutes: the count in the portal says it again.
    marquer_lus(demande=demande, user=user, cote=ENTREPRISE)
    Notification.objects.update(lue_le=timezone.now())
    envoyer(demande, agent, GUICHET)
    assert Notification.objects.get().lue_le is None
    assert envoyer_dues() == 0
    # Later, while what the e-mail announced waits to be read: still none.
    Notification.objects.update(creee_le=il_y_a(days=1))
    envoyer(demande, agent, GUICHET)
    assert envoyer_dues() == 0
    # Later, and the thread was read from the e-mail: a new one.
    marquer_lus(demande=demande, user=user, cote=ENTREPRISE)
    envoyer(demande, agent, GUICHET)
    assert envoyer_dues() == 1
    # Another demande is another thread, another person is told.
    autre = DemandeFabrique(en_instruction=True, guichet=demande.guichet)
    membre(autre)
    envoyer(autre, agent, GUICHET)
    envoyer(demande, user, ENTREPRISE)
    assert envoyer_dues() == 2


class ServeurEnPanne(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise OSError("le serveur de courriels ne répond pas")


def test_a_failing_mail_server_loses_nothing(settings):
    prevenir(users=[UserFabrique()], sujet="s", texte="t", chemin="/")
    marche = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.ServeurEnPanne"
    assert envoyer_dues() == 0
    notification = Notification.objects.get()
    assert notification.tentatives == 1
    assert notification.envoyee_le is None
    assert notification.prochaine_tentative > timezone.now()
    settings.EMAIL_BACKEND = marche
    assert envoyer_dues() == 0, "not due yet"
    Notification.objects.update(prochaine_tentative=timezone.now())
    assert envoyer_dues() == 1
    assert len(mail.outbox) == 1
