"""What fails: counted deaths, expired leases, refusals, and the breaker of a dead desk."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers.acheminement.actes import (
    balayer,
    rejouer,
    rejouer_guichet,
    remettre,
    remettre_suivant,
    signaler_mort,
)
from dossiers.acheminement.actes.remise import (
    ABANDON,
    BAIL,
    MORTS_MAXIMUM,
    PERTES_MAXIMUM,
    detenteur,
)
from dossiers.acheminement.canaux import registre
from dossiers.acheminement.models import Acheminement, Disjoncteur, Echec
from dossiers.acheminement.models.disjoncteur import PAUSE, PAUSE_MAXIMUM, SEUIL, pause
from dossiers.circuit import Etat
from portal.socle.models import Evenement
from tests.fabriques import AcheminementFabrique, DemandeFabrique, GuichetFabrique, UserFabrique

pytestmark = pytest.mark.django_db


class Guichetier:
    """A channel that does as it is told, and remembers what reached it."""

    def __init__(self) -> None:
        self.recus: list[int] = []
        self.erreur: Exception | None = None

    def __call__(self, acheminement: Acheminement) -> registre.Remise:
        if self.erreur is not None:
            raise self.erreur
        self.recus.append(acheminement.pk)
        return registre.Remise()


@pytest.fixture
def guichetier(monkeypatch: pytest.MonkeyPatch) -> Guichetier:
    canal = Guichetier()
    monkeypatch.setitem(registre.CANAUX, "portail", canal)
    return canal


def au_meme_guichet(nombre: int) -> list[Acheminement]:
    premier = AcheminementFabrique()
    suivants = [
        AcheminementFabrique(demande=DemandeFabrique(etat=Etat.A_ETUDIER, guichet=premier.guichet))
        for _ in range(nombre - 1)
    ]
    return [premier, *suivants]


def dus_maintenant() -> None:
    """Time passes: whatever waits for its next attempt is due."""
    Acheminement.objects.filter(prochaine_tentative__isnull=False).update(
        prochaine_tentative=timezone.now()
    )


# ------------------------------------------------------------------ refusals and abandon


def test_a_definitive_refusal_is_set_aside_with_its_reason(guichetier: Guichetier) -> None:
    guichetier.erreur = registre.EchecDefinitif("Le système refuse ce format : mettez-le à jour.")
    acheminement = AcheminementFabrique()
    assert not remettre(acheminement_id=acheminement.pk)
    acheminement.refresh_from_db()
    assert acheminement.quarantaine_motif == "Le système refuse ce format : mettez-le à jour."
    assert acheminement.prochaine_tentative is None
    assert acheminement.echecs.get().genre == Echec.Genre.DEFINITIF
    # A desk that answers, were it to refuse, is not dead.
    assert not Disjoncteur.objects.exists()
    assert balayer() == 0


def test_what_fails_for_fourteen_days_is_set_aside(guichetier: Guichetier) -> None:
    guichetier.erreur = registre.EchecPassager("Pas de réponse.")
    recent, ancien = AcheminementFabrique(), AcheminementFabrique()
    Acheminement.objects.filter(pk=ancien.pk).update(
        essais_depuis=timezone.now() - ABANDON - timedelta(minutes=1)
    )
    balayer()
    recent.refresh_from_db()
    ancien.refresh_from_db()
    assert recent.quarantaine_le is None
    assert ancien.quarantaine_motif.startswith("Quatorze jours d’essais sans succès.")


def test_a_channel_that_nobody_registered_is_said_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(registre.CANAUX, "portail")
    acheminement = AcheminementFabrique()
    balayer()
    acheminement.refresh_from_db()
    assert "n’existe pas sur ce portail" in acheminement.quarantaine_motif


def test_a_closed_demande_is_handed_over_to_nobody(guichetier: Guichetier) -> None:
    acheminement = AcheminementFabrique()
    acheminement.demande.etat = Etat.RETIREE
    acheminement.demande.save()
    balayer()
    acheminement.refresh_from_db()
    assert acheminement.sans_objet_le is not None
    assert (acheminement.tentatives, guichetier.recus) == (0, [])
    assert balayer() == 0


# ------------------------------------------------------------------ deaths


def tenir(acheminement: Acheminement, pid: int) -> None:
    Acheminement.objects.filter(pk=acheminement.pk).update(
        jeton=uuid.uuid4(), bail_jusqu_a=timezone.now() + BAIL, bail_par=detenteur(pid)
    )


def test_the_third_death_of_its_process_sets_a_row_aside() -> None:
    poison, voisin = AcheminementFabrique(), AcheminementFabrique()
    for mort in range(1, MORTS_MAXIMUM + 1):
        tenir(poison, 4242)
        assert signaler_mort(pid=4242) == 1
        poison.refresh_from_db()
        assert (poison.morts, poison.jeton) == (mort, None)
        assert (poison.quarantaine_le is not None) == (mort == MORTS_MAXIMUM)
    assert poison.quarantaine_motif == "A tué 3 fois le processus qui l’envoyait."
    assert poison.echecs.filter(genre=Echec.Genre.MORT).count() == MORTS_MAXIMUM
    voisin.refresh_from_db()
    assert voisin.morts == 0


def test_the_death_of_a_process_says_nothing_of_what_others_hold() -> None:
    acheminement = AcheminementFabrique()
    tenir(acheminement, 4242)
    assert signaler_mort(pid=4243) == 0
    acheminement.refresh_from_db()
    assert acheminement.jeton is not None


def test_a_lease_says_which_process_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    vus: list[str] = []

    def regarder(acheminement: Acheminement) -> registre.Remise:
        vus.append(Acheminement.objects.get(pk=acheminement.pk).bail_par)
        return registre.Remise()

    monkeypatch.setitem(registre.CANAUX, "portail", regarder)
    acheminement = AcheminementFabrique()
    assert remettre(acheminement_id=acheminement.pk)
    assert vus == [detenteur(os.getpid())]
    acheminement.refresh_from_db()
    assert acheminement.bail_par == ""


def test_expired_leases_are_counted_and_the_tenth_sets_aside(guichetier: Guichetier) -> None:
    guichetier.erreur = registre.EchecPassager("Pas de réponse.")
    acheminement = AcheminementFabrique()
    expire = {"jeton": uuid.uuid4(), "bail_jusqu_a": timezone.now() - timedelta(seconds=1)}
    Acheminement.objects.update(**expire)
    balayer()
    acheminement.refresh_from_db()
    assert (acheminement.pertes, acheminement.tentatives) == (1, 1)
    Acheminement.objects.update(pertes=PERTES_MAXIMUM - 1, **expire)
    dus_maintenant()
    balayer()
    acheminement.refresh_from_db()
    assert acheminement.quarantaine_motif == "Perdu 10 fois pendant son envoi."
    assert acheminement.tentatives == 1


# ------------------------------------------------------------------ the breaker


def couper(guichetier: Guichetier) -> list[Acheminement]:
    """Rows of one desk, whose breaker the first ones have just opened."""
    guichetier.erreur = registre.EchecPassager("Pas de réponse.")
    acheminements = au_meme_guichet(SEUIL + 3)
    balayer()
    return acheminements


def test_a_dead_desk_is_left_alone_and_what_it_is_due_waits(guichetier: Guichetier) -> None:
    acheminements = couper(guichetier)
    essayes = Acheminement.objects.filter(tentatives__gt=0)
    assert essayes.count() == SEUIL
    disjoncteur = Disjoncteur.objects.get()
    assert disjoncteur.echecs == SEUIL
    assert disjoncteur.derniere_erreur == "Pas de réponse."
    # Others are served meanwhile.
    guichetier.erreur = None
    ailleurs = AcheminementFabrique()
    balayer()
    assert guichetier.recus == [ailleurs.pk]
    assert Acheminement.objects.a_remettre().count() == len(acheminements)


def test_one_trial_at_a_time_and_its_success_lets_all_through(guichetier: Guichetier) -> None:
    acheminements = couper(guichetier)
    Disjoncteur.objects.update(ouvert_jusqu_a=timezone.now())
    dus_maintenant()
    vus = []

    def premier(acheminement: Acheminement) -> registre.Remise:
        vus.append(acheminement.pk)
        if len(vus) == 1:  # while the trial runs, another sweep finds nothing for this desk
            assert remettre_suivant() is None
        return registre.Remise()

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registre.CANAUX, "portail", premier)
        balayer()
    assert sorted(vus) == [acheminement.pk for acheminement in acheminements]
    disjoncteur = Disjoncteur.objects.get()
    assert disjoncteur.echecs == 0
    assert not disjoncteur.est_ouvert(timezone.now())


def test_a_trial_that_fails_opens_for_twice_as_long(guichetier: Guichetier) -> None:
    couper(guichetier)
    avant = Acheminement.objects.filter(tentatives__gt=0).count()
    Disjoncteur.objects.update(ouvert_jusqu_a=timezone.now())
    balayer()
    disjoncteur = Disjoncteur.objects.get()
    assert disjoncteur.echecs == SEUIL + 1
    assert disjoncteur.ouvert_jusqu_a is not None
    assert timedelta(seconds=50) < disjoncteur.ouvert_jusqu_a - timezone.now() <= PAUSE * 2
    assert Acheminement.objects.filter(tentatives__gt=0).count() <= avant + 1
    assert pause(SEUIL) == PAUSE
    assert pause(SEUIL + 500) == PAUSE_MAXIMUM


# ------------------------------------------------------------------ replay


def test_a_replayed_row_starts_afresh_and_is_the_trial_of_its_desk(
    guichetier: Guichetier,
) -> None:
    acheminement, *_ = couper(guichetier)
    admin = UserFabrique(is_staff=True)
    guichetier.erreur = None
    assert balayer() == 0
    assert rejouer(acheminement=acheminement, par=admin)
    balayer()
    acheminement.refresh_from_db()
    assert acheminement.remise_le is not None
    assert (acheminement.essais, acheminement.tentatives) == (1, 2)
    assert not rejouer(acheminement=acheminement, par=admin)
    rejeu = Evenement.objects.get(verbe="rejouer")
    assert (rejeu.acteur_id, rejeu.donnees["acheminement"]) == (admin.pk, acheminement.pk)


def test_a_desk_is_replayed_at_once_after_repair(guichetier: Guichetier) -> None:
    guichet = GuichetFabrique()
    acheminements = [
        AcheminementFabrique(demande=DemandeFabrique(etat=Etat.A_ETUDIER, guichet=guichet))
        for _ in range(3)
    ]
    guichetier.erreur = registre.EchecDefinitif("Adresse refusée.")
    balayer()
    guichetier.erreur = None
    assert rejouer_guichet(guichet=guichet, par=UserFabrique(is_staff=True)) == 3
    balayer()
    assert sorted(guichetier.recus) == [acheminement.pk for acheminement in acheminements]
    assert not Acheminement.objects.en_quarantaine().exists()
    assert Echec.objects.count() == 3  # what happened is kept
