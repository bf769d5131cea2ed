"""GET /api/v1/depots/{identifiant}/: how far each demande is, with dates."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import Etat
from dossiers.transitions import appliquer
from tests.dossiers.depot.api.conftest import DEPOTS, lignes_en_base
from tests.fabriques import (
    AcheminementFabrique,
    DemandeFabrique,
    DisjoncteurFabrique,
    DossierFabrique,
    UserFabrique,
    VersionDossierFabrique,
    agent_de,
)


@pytest.fixture
def version(entreprise):
    return VersionDossierFabrique(dossier__entreprise=entreprise)


def lire(client, dossier):
    reponse = client.get(f"{DEPOTS}{dossier.identifiant}/")
    assert reponse.status_code == 200, reponse.content
    return reponse.json()


def franchies(demande):
    """The codes of the steps that are dated."""
    return [etape["code"] for etape in demande["etapes"] if etape["quand"]]


def test_the_steps_come_one_after_the_other(machine, version):
    DemandeFabrique(version_dossier=version)
    DemandeFabrique(version_dossier=version, remise=True)
    DemandeFabrique(version_dossier=version, ouverte=True)
    prise = DemandeFabrique(version_dossier=version, ouverte=True)
    appliquer(demande=prise, acte="prendre_en_charge", user=agent_de(prise.guichet))
    DemandeFabrique(version_dossier=version, acceptee=True)
    avant = lignes_en_base()
    lu = lire(machine, version.dossier)
    assert lignes_en_base() == avant
    assert [franchies(d) for d in sorted(lu["demandes"], key=lambda d: d["numero"])] == [
        ["deposee"],
        ["deposee", "remise"],
        ["deposee", "remise", "ouverte"],
        ["deposee", "remise", "ouverte", "prise_en_charge"],
        ["deposee", "remise", "ouverte", "prise_en_charge", "decision"],
    ]
    acceptee = next(d for d in lu["demandes"] if d["etat"] == "acceptee")
    assert (acceptee["libelle"], acceptee["montant_accorde"]) == ("Acceptée", "20000.00")
    assert acceptee["guichet"].keys() == {"code", "nom"}
    assert acceptee["suite"] == {"code": "", "texte": "", "le": None}
    assert acceptee["etapes"][-1]["libelle"] == "Acceptée"
    remise = next(d for d in lu["demandes"] if franchies(d) == ["deposee", "remise"])
    assert remise["suite"]["code"] == "ouverture"
    assert [etape["etat"] for etape in remise["etapes"]] == [
        "faite", "faite", "ici", "a_venir", "a_venir",
    ]  # fmt: skip


def test_the_state_is_in_the_words_of_the_steps(machine, version):
    demande = DemandeFabrique(version_dossier=version, etat=Etat.A_ETUDIER, avec_guichet=True)
    AcheminementFabrique(demande=demande)
    (lue,) = lire(machine, version.dossier)["demandes"]
    assert (lue["etat"], lue["libelle"]) == ("a_etudier", "En cours de remise")
    DisjoncteurFabrique(guichet=demande.guichet)
    (lue,) = lire(machine, version.dossier)["demandes"]
    assert (lue["libelle"], lue["suite"]["code"]) == ("Guichet injoignable", "remise")
    assert "Rien n’est perdu. Votre date de dépôt" in lue["suite"]["texte"]


def test_dates_are_those_of_the_portal(machine, entreprise):
    quand = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    version = VersionDossierFabrique(
        dossier__entreprise=entreprise, dossier__depose_le=quand, deposee_le=quand
    )
    assert lire(machine, version.dossier)["depose_le"] == "2026-07-02T00:30:00+02:00"


def test_what_another_desk_did_is_not_said_of_the_one_that_took_over(machine, version):
    demande = DemandeFabrique(version_dossier=version, ouverte=True)
    appliquer(demande=demande, acte="prendre_en_charge", user=agent_de(demande.guichet))
    Acheminement.objects.filter(demande=demande).update(rendue_le=timezone.now())
    demande.refresh_from_db()
    demande.etat = Etat.A_ETUDIER
    demande.save()
    AcheminementFabrique(
        demande=demande, remis=True, cle=uuid.uuid4(),
        remise_le=timezone.now() + timedelta(seconds=5),
    )  # fmt: skip
    (lue,) = lire(machine, version.dossier)["demandes"]
    assert franchies(lue) == ["deposee", "remise"]


def test_an_announcement_is_no_handing_over(machine, version):
    demande = DemandeFabrique(version_dossier=version, etat=Etat.A_ETUDIER, avec_guichet=True)
    AcheminementFabrique(demande=demande, canal="courriel", de_reference=False, remis=True)
    (lue,) = lire(machine, version.dossier)["demandes"]
    assert franchies(lue) == ["deposee"]


def test_the_last_version_is_the_one_told(machine, version):
    seconde = VersionDossierFabrique(dossier=version.dossier, numero=2, empreinte="f" * 64)
    lu = lire(machine, version.dossier)
    assert (lu["version"], lu["empreinte"]) == (2, seconde.empreinte)


def test_what_is_not_ones_own_does_not_exist(machine, entreprise):
    foreign = VersionDossierFabrique().dossier
    brouillon = DossierFabrique(entreprise=entreprise)
    for identifiant in (foreign.identifiant, brouillon.identifiant, uuid.uuid4()):
        reponse = machine.get(f"{DEPOTS}{identifiant}/")
        assert (reponse.status_code, reponse["Content-Type"]) == (404, "application/problem+json")


def test_neither_officers_nor_administrators_read_here(version):
    demande = DemandeFabrique(version_dossier=version, ouverte=True)
    for user in (agent_de(demande.guichet), UserFabrique(administration=True)):
        client = APIClient()
        client.force_login(user)
        assert client.get(f"{DEPOTS}{version.dossier.identifiant}/").status_code == 404


def test_a_stranger_reads_nothing(version):
    adresse = f"{DEPOTS}{version.dossier.identifiant}/"
    assert APIClient().get(adresse).status_code == 401


@pytest.mark.parametrize("methode", ["put", "patch", "delete", "post"])
def test_a_deposit_does_not_change(machine, version, methode):
    avant = lignes_en_base()
    reponse = getattr(machine, methode)(f"{DEPOTS}{version.dossier.identifiant}/", {})
    assert (reponse.status_code, reponse["Content-Type"]) == (405, "application/problem+json")
    assert lignes_en_base() == avant
