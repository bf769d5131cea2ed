"""The steps of a demande, like a parcel: what is done, what is awaited, what follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from dossiers.acheminement.actes.accuse import RELANCES
from dossiers.acheminement.etapes import Parcours, etapes, pannes, prises_en_charge
from dossiers.circuit import Etat
from dossiers.models import Demande
from portal.socle.journal import consigner
from tests.fabriques import AcheminementFabrique, DemandeFabrique, DisjoncteurFabrique

pytestmark = pytest.mark.django_db

DEPOT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def parcours(demande: Demande, prise_le: datetime | None = None) -> Parcours:
    return etapes(demande, demande.acheminements.all(), prise_le, pannes([demande]))


def avancement(demande: Demande) -> str:
    return " ".join(pas.etat for pas in parcours(demande).pas)


@pytest.mark.parametrize(
    ("trait", "attendu"),
    [
        ("sans_guichet", "faite ici a_venir a_venir a_venir"),
        ("remise", "faite faite ici a_venir a_venir"),
        ("ouverte", "faite faite faite ici a_venir"),
        ("en_instruction", "faite faite faite faite ici"),
        ("refusee", "faite faite faite faite faite"),
    ],
)
def test_one_step_is_awaited_after_those_that_are_done(trait: str, attendu: str) -> None:
    assert avancement(DemandeFabrique(**{trait: True})) == attendu


def test_a_withdrawn_demande_awaits_nothing() -> None:
    demande = DemandeFabrique(remise=True)
    demande.etat, demande.decidee_le = Etat.RETIREE, timezone.now()
    assert avancement(demande) == "faite faite sans_objet sans_objet faite"
    assert parcours(demande).pas[-1].libelle == "Retirée"
    assert parcours(demande).suite.texte == ""


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        ({}, "Nous remettons votre demande au guichet."),
        (
            {"derniere_erreur": "500"},
            "nous réessayons. Rien n’est perdu. Votre date de dépôt, le 2 novembre 2026,",
        ),
        (
            {"prochaine_tentative": None, "quarantaine_le": DEPOT, "quarantaine_motif": "x"},
            "notre équipe s’en occupe. Rien n’est perdu. Votre date de dépôt, le 2 novembre 2026,",
        ),
    ],
)
def test_a_desk_that_cannot_be_reached_is_said_with_the_date_that_counts(
    champs: dict[str, object], attendu: str
) -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER, deposee_le=DEPOT)
    AcheminementFabrique(demande=demande, **champs)
    suite = parcours(demande).suite
    assert suite.code == "remise"
    assert attendu in suite.texte


@pytest.mark.parametrize(
    ("relances", "relancee", "attendu"),
    [
        (0, False, "Le guichet doit maintenant l’ouvrir. Sans réaction de sa part, nous le rel"),
        (1, True, "relancé le 3 novembre 2026. Sans réaction de sa part, nous le relancerons"),
        (3, True, "Sans réaction de sa part le 11 novembre 2026, notre équipe prendra le relais."),
    ],
)
def test_the_next_reminder_is_said_with_its_date(
    relances: int, relancee: bool, attendu: str
) -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER, deposee_le=DEPOT)
    AcheminementFabrique(
        demande=demande,
        remis=True,
        remise_le=DEPOT,
        relances=relances,
        relancee_le=DEPOT + RELANCES[0] if relancee else None,
        prochaine_relance=DEPOT + timedelta(days=9),
    )
    suite = parcours(demande).suite
    assert attendu in suite.texte
    assert suite.le == date(2026, 11, 11)


def test_a_person_takes_over_at_the_end() -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER)
    AcheminementFabrique(
        demande=demande, remis=True, prochaine_relance=None, a_la_main_le=timezone.now()
    )
    assert "notre équipe le contacte" in parcours(demande).suite.texte
    assert parcours(demande).suite.le is None


def test_how_it_was_handed_over_and_opened_is_said() -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER)
    AcheminementFabrique(demande=demande, canal="courriel", accuse=True, accuse_voie="page")
    pas = {un.code: un for un in parcours(demande).pas}
    assert pas["remise"].detail == "par courriel"
    assert "confirmé en ligne" in pas["ouverte"].detail


def test_only_the_desk_that_has_it_now_counts() -> None:
    demande = DemandeFabrique(remise=True)
    AcheminementFabrique(demande=demande, accuse=True, rendue_le=timezone.now(), canal="courriel")
    assert avancement(demande) == "faite faite ici a_venir a_venir"
    # An e-mail that only announces it is no step either.
    AcheminementFabrique(demande=demande, canal="webhook", de_reference=False)
    assert avancement(demande) == "faite faite ici a_venir a_venir"


def test_taking_in_charge_is_dated_by_the_journal_and_of_this_desk_only() -> None:
    demande = DemandeFabrique(en_instruction=True)
    dossier = demande.dossier_id
    consigner(verbe="prendre_en_charge", objet=demande, dossier_id=dossier)
    consigner(verbe="reorienter", objet=demande, dossier_id=dossier)
    assert prises_en_charge([demande]) == {}
    prise = consigner(verbe="demander_complement", objet=demande, dossier_id=dossier)
    consigner(verbe="demander_complement", objet=demande, dossier_id=dossier)
    assert prises_en_charge([demande]) == {demande.pk: prise.quand}
    assert parcours(demande, prise.quand).pas[3].quand == prise.quand


def test_what_is_done_carries_dates_that_follow_each_other() -> None:
    """Handed over again after its e-mail came back, and filed away without being studied."""
    for trait in ("en_instruction", "refusee"):
        demande = DemandeFabrique(**{trait: True}, deposee_le=DEPOT)
        demande.acheminements.update(
            accusee_le=DEPOT + timedelta(days=1), remise_le=timezone.now() + timedelta(hours=1)
        )
        prise = None if demande.decidee_le else timezone.now()
        quand = [pas.quand for pas in parcours(demande, prise).pas if pas.etat == "faite"]
        assert None not in quand
        assert quand == sorted(quand)


def test_the_system_of_a_desk_may_be_down_while_its_officers_open_in_the_portal() -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER)
    ouverte = timezone.now()
    AcheminementFabrique(
        demande=demande, canal="webhook", accusee_le=ouverte, accuse_voie="portail"
    )
    DisjoncteurFabrique(guichet=demande.guichet, canal="webhook")
    lu = parcours(demande)
    assert [pas.quand for pas in lu.pas[1:3]] == [ouverte, ouverte]
    assert (lu.libelle, lu.suite.code, lu.suite.alerte) == ("À étudier", "prise_en_charge", False)


@pytest.mark.parametrize(
    ("panne", "attendu"),
    [
        ({"echecs": 1, "ouvert_jusqu_a": None}, "son système informatique est en panne ou injoig"),
        ({"echecs": 7}, "Nous réessayons jusqu’à ce qu’il la reçoive. Rien n’est perdu. Votre dat"),
        (
            {"echecs": 0, "ouvert_jusqu_a": datetime(2100, 1, 4, 7, 30, tzinfo=UTC)},
            "est arrêté. Nous lui remettrons votre demande à partir du 4 janvier 2100 à 8 h 30.",
        ),
    ],
)
def test_a_desk_known_to_be_down_is_said_before_any_attempt(
    panne: dict[str, object], attendu: str
) -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER, deposee_le=DEPOT)
    AcheminementFabrique(demande=demande, canal="webhook")
    DisjoncteurFabrique(guichet=demande.guichet, canal="courriel")
    assert parcours(demande).libelle == "En cours de remise"
    DisjoncteurFabrique(guichet=demande.guichet, canal="webhook", **panne)
    lu = parcours(demande)
    assert lu.suite.texte.startswith("Le guichet ne répond pas en ce moment : ")
    assert attendu in lu.suite.texte
    assert lu.suite.texte.endswith("le 2 novembre 2026, est celle qui compte.")
    assert (lu.libelle, lu.suite.alerte) == ("Guichet injoignable", True)


def test_a_desk_that_answers_again_or_was_let_through_is_not_said_to_be_down() -> None:
    demande = DemandeFabrique(avec_guichet=True, etat=Etat.A_ETUDIER)
    AcheminementFabrique(demande=demande)
    DisjoncteurFabrique(
        guichet=demande.guichet, echecs=0, ouvert_jusqu_a=timezone.now() - timedelta(seconds=1)
    )
    assert not parcours(demande).suite.alerte


@pytest.mark.parametrize("trait", ["sans_guichet", "remise", "ouverte", "en_instruction"])
def test_the_state_says_what_the_steps_say(trait: str) -> None:
    lu = parcours(DemandeFabrique(**{trait: True}))
    ici = next(pas.code for pas in lu.pas if pas.etat == "ici")
    assert (ici, lu.libelle) in {
        ("remise", "En cours d’orientation"),
        ("ouverte", "À étudier"),
        ("prise_en_charge", "À étudier"),
        ("decision", "En instruction"),
    }
