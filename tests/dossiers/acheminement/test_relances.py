"""Chasing by moving dates: one message per step, no burst after an outage, a person at the end."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from dossiers.acheminement.actes import accuser_reception
from dossiers.acheminement.actes.accuse import RELANCES
from dossiers.acheminement.actes.relances import A_LA_MAIN, REPRISE, relancer_dus
from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.models import Demande, Notification
from dossiers.transitions import appliquer
from portal.comptes.models import User
from portal.socle.models import Evenement
from tests.fabriques import (
    AcheminementFabrique,
    DemandeFabrique,
    MembreFabrique,
    UserFabrique,
    agent_de,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def acheminement() -> Acheminement:
    """Handed over just now to a desk with an address and an officer."""
    acheminement: Acheminement = AcheminementFabrique(remis=True)
    acheminement.guichet.courriel = "guichet@exemple.invalid"
    acheminement.guichet.save()
    return acheminement


def vieillir(acheminement: Acheminement, **duree: float) -> None:
    """As if everything had happened that much earlier."""
    recul = timedelta(**duree)
    acheminement.refresh_from_db()
    for colonne in ("remise_le", "prochaine_relance", "relancee_le"):
        if (quand := getattr(acheminement, colonne)) is not None:
            setattr(acheminement, colonne, quand - recul)
    acheminement.save()
    demande = Demande.objects.get(pk=acheminement.demande_id)
    demande.deposee_le -= recul
    if demande.a_prevenir_le:
        demande.a_prevenir_le -= recul
    demande.save()


def identifiants() -> list[str]:
    return [str(m.extra_headers["Message-ID"]).split("@")[0][1:] for m in mail.outbox]


def test_the_desk_is_reminded_on_days_1_3_and_9_and_once_each(acheminement: Acheminement) -> None:
    agent = agent_de(acheminement.guichet)
    rappels = Notification.objects.filter(user=agent)
    assert relancer_dus() == 0
    ecoules = 0
    for rang, jour in enumerate((1, 3, 9), start=1):
        vieillir(acheminement, days=jour - ecoules, minutes=1)
        ecoules = jour
        for _ in range(3):
            relancer_dus()
        acheminement.refresh_from_db()
        assert acheminement.relances == rang
        assert acheminement.relancee_le is not None
        assert identifiants() == [f"relance-{n}-{acheminement.cle}" for n in range(1, rang + 1)]
        assert rappels.count() == rang
    assert Evenement.objects.filter(verbe="relancer").count() == 3
    (premier, _, dernier) = mail.outbox
    assert premier.to == ["guichet@exemple.invalid"]
    assert "nous vous le rappellerons le" in premier.body
    assert "/accuses/" in premier.body
    assert "C’est notre dernier rappel" in dernier.body


def test_on_day_14_it_is_a_persons_task(acheminement: Acheminement) -> None:
    equipe: User = UserFabrique(administration=True)
    vieillir(acheminement, days=14, minutes=1)
    relancer_dus()
    acheminement.refresh_from_db()
    assert acheminement.a_la_main_le is not None
    assert acheminement.prochaine_relance is None
    assert mail.outbox == []
    (tache,) = Notification.objects.filter(user=equipe)
    assert tache.chemin == "/bureau/taches/"
    assert list(Acheminement.objects.taches_humaines()) == [acheminement]
    vieillir(acheminement, days=30)
    assert relancer_dus() == 0
    assert Evenement.objects.filter(verbe="confier_a_la_main").count() == 1


@pytest.mark.parametrize(("jours", "rang"), [(4, 2), (8, 2), (10, 3)])
def test_after_an_outage_only_the_latest_step_is_done(
    acheminement: Acheminement, jours: int, rang: int
) -> None:
    agent = agent_de(acheminement.guichet)
    vieillir(acheminement, days=jours)
    relancer_dus()
    relancer_dus()
    assert identifiants() == [f"relance-{rang}-{acheminement.cle}"]
    assert Notification.objects.filter(user=agent).count() == 1
    acheminement.refresh_from_db()
    assert acheminement.relances == rang
    assert acheminement.prochaine_relance is not None
    assert acheminement.remise_le is not None
    suivante = (*RELANCES, A_LA_MAIN)[rang]
    assert acheminement.prochaine_relance == timezone.localtime(acheminement.remise_le) + suivante


def test_a_desk_without_an_address_is_reminded_in_the_portal(acheminement: Acheminement) -> None:
    acheminement.guichet.courriel = ""
    acheminement.guichet.save()
    agent = agent_de(acheminement.guichet)
    vieillir(acheminement, days=1, minutes=1)
    relancer_dus()
    assert mail.outbox == []
    assert Notification.objects.filter(user=agent).count() == 1
    acheminement.refresh_from_db()
    assert acheminement.relancee_le is not None


def test_a_crash_between_counting_and_sending_sends_again_the_same_message(
    acheminement: Acheminement, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = agent_de(acheminement.guichet)
    vieillir(acheminement, days=1, minutes=1)

    class Coupure(BaseException):
        """What kills a process is no Exception."""

    def mourir(message: EmailMessage, *_: object, **__: object) -> int:
        raise Coupure

    with monkeypatch.context() as coupure:
        coupure.setattr(EmailMessage, "send", mourir)
        with pytest.raises(Coupure):
            relancer_dus()
    acheminement.refresh_from_db()
    assert (acheminement.relances, acheminement.relancee_le) == (1, None)
    assert relancer_dus() == 0  # not before its time
    vieillir(acheminement, minutes=REPRISE.total_seconds() / 60 + 1)
    relancer_dus()
    assert identifiants() == [f"relance-1-{acheminement.cle}"]
    assert Notification.objects.filter(user=agent).count() == 1
    assert Evenement.objects.filter(verbe="relancer").count() == 1


def test_a_mail_server_that_is_down_is_tried_again(
    acheminement: Acheminement, monkeypatch: pytest.MonkeyPatch
) -> None:
    vieillir(acheminement, days=1, minutes=1)

    def refuser(message: EmailMessage, *_: object, **__: object) -> int:
        raise ConnectionError("serveur injoignable")

    with monkeypatch.context() as panne:
        panne.setattr(EmailMessage, "send", refuser)
        relancer_dus()
    vieillir(acheminement, minutes=16)
    relancer_dus()
    assert identifiants() == [f"relance-1-{acheminement.cle}"]


def test_who_acknowledged_is_not_chased(acheminement: Acheminement) -> None:
    accuser_reception(cle=acheminement.cle, voie=Acheminement.Voie.PAGE)
    vieillir(acheminement, days=20)
    MembreFabrique(entreprise=acheminement.demande.dossier.entreprise)
    relancer_dus()
    assert mail.outbox == []
    assert not Notification.objects.exists()
    acheminement.refresh_from_db()
    assert (acheminement.relances, acheminement.a_la_main_le) == (0, None)


def test_a_withdrawn_or_redirected_demande_is_not_chased(acheminement: Acheminement) -> None:
    rendu: Acheminement = AcheminementFabrique(remis=True, rendue_le=timezone.now())
    membre = MembreFabrique(entreprise=acheminement.demande.dossier.entreprise)
    appliquer(demande=acheminement.demande, acte="retirer", user=membre.user)
    for un in (acheminement, rendu):
        vieillir(un, days=4)
    Demande.objects.filter(pk=rendu.demande_id).update(a_prevenir_le=None)
    relancer_dus()
    assert mail.outbox == []
    assert not Notification.objects.exists()
    acheminement.refresh_from_db()
    assert acheminement.sans_objet_le is not None
    assert acheminement.prochaine_relance is None


def test_a_row_whose_day_is_not_over_waits_for_it(acheminement: Acheminement) -> None:
    # Twenty-four hours are no day when the clocks go back: due by the column, not by the wall.
    Acheminement.objects.update(prochaine_relance=timezone.now() - timedelta(minutes=1))
    relancer_dus()
    acheminement.refresh_from_db()
    assert acheminement.relances == 0
    assert acheminement.remise_le is not None
    attendue = timezone.localtime(acheminement.remise_le) + RELANCES[0]
    assert acheminement.prochaine_relance == attendue
    assert mail.outbox == []


# ------------------------------------------------------------------ the company


def dits(demande: Demande) -> list[str]:
    return list(
        Notification.objects.filter(demande=demande, sujet__contains="en attente")
        .order_by("pk")
        .values_list("texte", flat=True)
    )


def test_the_company_is_told_on_day_3_once(acheminement: Acheminement) -> None:
    demande = acheminement.demande
    MembreFabrique(entreprise=demande.dossier.entreprise)
    vieillir(acheminement, days=2)
    relancer_dus()
    assert dits(demande) == []
    vieillir(acheminement, days=1, minutes=1)
    for _ in range(2):
        relancer_dus()
    vieillir(acheminement, days=8)
    relancer_dus()
    (texte,) = dits(demande)
    assert "ne l’a pas encore ouverte : nous le relançons" in texte
    assert "Votre date de dépôt, le " in texte
    assert "celle qui compte" in texte
    assert "rien à faire" in texte


def test_a_desk_that_could_not_be_reached_is_said_on_day_3_of_the_deposit() -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER)
    MembreFabrique(entreprise=demande.dossier.entreprise)
    mort: Acheminement = AcheminementFabrique(demande=demande, derniere_erreur="500")
    vieillir(mort, days=3, minutes=1)
    relancer_dus()
    (texte,) = dits(demande)
    assert "n’a pas encore pu la recevoir" in texte
    assert "celle qui compte" in texte


def test_a_demande_without_a_desk_is_said_too() -> None:
    demande = DemandeFabrique(sans_guichet=True)
    MembreFabrique(entreprise=demande.dossier.entreprise)
    Demande.objects.update(a_prevenir_le=timezone.now())
    relancer_dus()
    assert "pas encore trouvé à quel guichet" in dits(demande)[0]


def test_a_desk_that_had_it_late_has_its_three_days() -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER)
    MembreFabrique(entreprise=demande.dossier.entreprise)
    tardif: Acheminement = AcheminementFabrique(demande=demande, remis=True)
    Demande.objects.update(a_prevenir_le=timezone.now())
    relancer_dus()
    assert dits(demande) == []
    demande.refresh_from_db()
    assert demande.a_prevenir_le is not None
    vieillir(tardif, days=3, minutes=1)
    relancer_dus()
    assert len(dits(demande)) == 1


def test_nothing_is_said_once_it_is_open() -> None:
    demande = DemandeFabrique(en_instruction=True)
    MembreFabrique(entreprise=demande.dossier.entreprise)
    Demande.objects.update(a_prevenir_le=timezone.now())
    relancer_dus()
    demande.refresh_from_db()
    assert demande.a_prevenir_le is None
    assert dits(demande) == []


def test_the_command_does_it_where_no_beat_runs(acheminement: Acheminement) -> None:
    vieillir(acheminement, days=1, minutes=1)
    call_command("acheminer", verbosity=0)
    assert identifiants() == [f"relance-1-{acheminement.cle}"]


# ------------------------------------------------------------------ two sweepers


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_send_one_message_each_step(acheminement: Acheminement) -> None:
    vieillir(acheminement, days=1, minutes=1)
    autres: list[Acheminement] = [AcheminementFabrique(remis=True) for _ in range(5)]
    for autre in autres:
        autre.guichet.courriel = "guichet@exemple.invalid"
        autre.guichet.save()
        vieillir(autre, days=1, minutes=1)

    def balayer() -> None:
        try:
            relancer_dus()
        finally:
            connection.close()

    fils = [Thread(target=balayer) for _ in range(3)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    relancer_dus()
    attendus = sorted(f"relance-1-{un.cle}" for un in (acheminement, *autres))
    assert sorted(identifiants()) == attendus
    assert Evenement.objects.filter(verbe="relancer").count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_demande_that_somebody_holds_is_passed_over(acheminement: Acheminement) -> None:
    vieillir(acheminement, days=1, minutes=1)
    traitees: list[int] = []

    def balayer() -> None:
        try:
            traitees.append(relancer_dus())
        finally:
            connection.close()

    with transaction.atomic():
        Demande.objects.select_for_update().get(pk=acheminement.demande_id)
        fil = Thread(target=balayer)
        fil.start()
        fil.join(20)
        assert not fil.is_alive()
    assert traitees == [0]
    relancer_dus()
    assert len(mail.outbox) == 1


def test_a_task_ends_when_the_company_withdraws(acheminement: Acheminement) -> None:
    vieillir(acheminement, days=15)
    relancer_dus()
    assert Acheminement.objects.taches_humaines().exists()
    membre = MembreFabrique(entreprise=acheminement.demande.dossier.entreprise)
    appliquer(demande=acheminement.demande, acte="retirer", user=membre.user)
    assert not Acheminement.objects.taches_humaines().exists()
