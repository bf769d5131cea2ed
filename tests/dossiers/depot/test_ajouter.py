"""One more aide for a deposited dossier, and being told of the next ones."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dossiers.depot.actes import DepotImpossible, ajouter_aide, deposer, quitter
from dossiers.models import Demande, Notification
from dossiers.rapprochement.inverse.alertes import alerter
from dossiers.rapprochement.models import Alerte, FaitsDossier, Rapprochement
from portal.socle.models import Evenement
from tests.fabriques import (
    FAITS,
    CommuneFabrique,
    CompetenceFabrique,
    DossierFabrique,
    EntrepriseFabrique,
    MembreFabrique,
    UserFabrique,
    VersionAideFabrique,
    declare,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune():
    return CommuneFabrique()


@pytest.fixture
def membre():
    return MembreFabrique(entreprise=EntrepriseFabrique(nom="Ateliers fictifs"))


@pytest.fixture
def dossier(commune, membre):
    """Deposited for one aide."""
    CompetenceFabrique()
    premiere = VersionAideFabrique()
    faits = {**FAITS, "commune_projet": commune.code}
    brouillon = DossierFabrique(
        entreprise=membre.entreprise, faits={code: declare(v) for code, v in faits.items()}
    )
    deposer(dossier=brouillon, codes=[premiere.aide.code], par=membre.user)
    brouillon.refresh_from_db()
    return brouillon


@pytest.fixture
def nouvelle(dossier):
    """Published after the deposit."""
    return VersionAideFabrique(titre="Prime fictive nouvelle")


def adresse(dossier, version):
    return reverse("depot:ajouter", args=[dossier.identifiant, version.aide.code])


def test_a_demande_is_added_with_the_guarantees_of_the_deposit(dossier, nouvelle, membre):
    demande = ajouter_aide(dossier=dossier, code=nouvelle.aide.code, par=membre.user)
    premiere = dossier.demandes.exclude(pk=demande.pk).get()
    assert demande.version_dossier.numero == 2
    assert demande.version_aide == nouvelle
    assert demande.deposee_le > premiere.deposee_le
    assert demande.prochaine_tentative is not None
    assert demande.version_dossier.empreinte == premiere.version_dossier.empreinte
    rapprochement = Rapprochement.objects.get(version_dossier=demande.version_dossier)
    assert [resultat.version_aide for resultat in rapprochement.resultats.all()] == [nouvelle]
    assert list(rapprochement.autres) == [str(premiere.version_aide_id)]
    courantes = FaitsDossier.objects.courantes().filter(dossier=dossier)
    assert [ligne.version_id for ligne in courantes] == [demande.version_dossier_id]
    dossier.refresh_from_db()
    assert nouvelle.aide.code in dossier.choix
    assert Evenement.objects.filter(verbe="ajouter_aide", dossier_id=dossier.pk).count() == 1
    message = Notification.objects.get(user=membre.user, demande=demande)
    assert "R112-11-2" in message.texte


def test_a_second_click_returns_the_first_demande(dossier, nouvelle, membre):
    une = ajouter_aide(dossier=dossier, code=nouvelle.aide.code, par=membre.user)
    assert ajouter_aide(dossier=dossier, code=nouvelle.aide.code, par=membre.user) == une
    assert dossier.demandes.count() == dossier.versions.count() == 2


@pytest.mark.parametrize(
    ("champs", "motif"),
    [
        ({"voie": "externe", "url_externe": "https://exemple.invalid/"}, "ne se demande pas ici"),
        ({"statut": "close"}, "n’est plus ouverte aujourd’hui"),
        ({"perimetre": ["REG-11"]}, "n’est pas ouverte à votre projet"),
    ],
)
def test_what_cannot_be_filed_is_refused_and_leaves_nothing(dossier, membre, champs, motif):
    version = VersionAideFabrique(**champs)
    with pytest.raises(DepotImpossible, match=motif):
        ajouter_aide(dossier=dossier, code=version.aide.code, par=membre.user)
    assert dossier.demandes.count() == dossier.versions.count() == 1


def test_a_draft_takes_no_aide_this_way(nouvelle, membre):
    brouillon = DossierFabrique(entreprise=membre.entreprise)
    with pytest.raises(DepotImpossible, match="pas encore déposé"):
        ajouter_aide(dossier=brouillon, code=nouvelle.aide.code, par=membre.user)


def test_the_page_says_what_goes_to_whom_and_files_nothing(client, dossier, nouvelle, membre):
    client.force_login(membre.user)
    page = client.get(adresse(dossier, nouvelle)).content.decode()
    assert "Ce qui part, et à qui" in page
    assert "Guichet fictif" in page
    assert "les agents de Communauté fictive" in page
    assert "Envoyer ma demande" in page
    assert dossier.demandes.count() == 1


def test_sending_files_the_demande_and_shows_it(client, dossier, nouvelle, membre):
    client.force_login(membre.user)
    reponse = client.post(adresse(dossier, nouvelle), follow=True)
    demande = Demande.objects.get(aide=nouvelle.aide)
    assert reponse.redirect_chain[-1][0] == reverse("depot:suivi", args=[dossier.identifiant])
    assert demande.numero in reponse.content.decode()
    encore = client.get(adresse(dossier, nouvelle), follow=True).content.decode()
    assert "déjà demandée avec ce dossier" in encore


def test_an_aide_out_of_reach_is_explained_and_not_offered(client, dossier, membre):
    client.force_login(membre.user)
    ailleurs = VersionAideFabrique(perimetre=["REG-11"])
    page = client.get(adresse(dossier, ailleurs)).content.decode()
    assert "n’a pas droit à cette aide" in page
    assert "Envoyer ma demande" not in page
    assert client.post(adresse(dossier, ailleurs)).status_code == 422
    assert dossier.demandes.count() == 1


def test_the_message_of_an_aide_closed_since_leads_to_the_dossier(client, dossier, membre):
    client.force_login(membre.user)
    close = VersionAideFabrique(statut="close")
    for methode in (client.get, client.post):
        reponse = methode(adresse(dossier, close), follow=True)
        assert "ne peut pas être demandée aujourd’hui" in reponse.content.decode()
    assert dossier.demandes.count() == 1


def test_an_aide_that_lacks_answers_says_so(client, dossier, membre):
    client.force_login(membre.user)
    vrai = {"type": "vrai", "fait": "a_jour_obligations", "source": "reglement"}
    incertaine = VersionAideFabrique(criteres=vrai)
    page = client.get(adresse(dossier, incertaine)).content.decode()
    assert "Des réponses manquent à votre dossier" in page
    assert "Envoyer ma demande" in page


@pytest.mark.parametrize("methode", ["get", "post"])
def test_a_stranger_and_an_unknown_aide_are_404(client, dossier, nouvelle, membre, methode):
    client.force_login(UserFabrique())
    assert getattr(client, methode)(adresse(dossier, nouvelle)).status_code == 404
    alerte = reverse("depot:alerte", args=[dossier.identifiant])
    assert client.post(alerte, {"prevenir": "oui"}).status_code == 404
    client.force_login(membre.user)
    inconnue = reverse("depot:ajouter", args=[dossier.identifiant, "aide-inconnue"])
    assert client.get(inconnue).status_code == 404
    assert dossier.demandes.count() == 1
    assert not Alerte.objects.exists()


def test_being_told_is_off_until_asked_and_undone_in_a_click(client, dossier, nouvelle, membre):
    client.force_login(membre.user)
    suivi = reverse("depot:suivi", args=[dossier.identifiant])
    assert not Alerte.objects.exists()
    assert "Me prévenir quand une aide nouvelle" in client.get(suivi).content.decode()
    alerte = reverse("depot:alerte", args=[dossier.identifiant])
    assert client.post(alerte, {"prevenir": "oui", "suite": suivi}).url == suivi
    client.post(alerte, {"prevenir": "oui"})
    assert Alerte.objects.get().user == membre.user
    assert "Ne plus me prévenir" in client.get(reverse("depot:compte")).content.decode()
    page = adresse(dossier, nouvelle)
    assert "Ne plus me prévenir" in client.get(page).content.decode()
    reponse = client.post(alerte, {"prevenir": "non", "suite": page})
    assert reponse.url == page
    assert not Alerte.objects.exists()
    verbes = Evenement.objects.filter(verbe__startswith="alerte").order_by("pk")
    assert [e.verbe for e in verbes] == ["alerte_demandee", "alerte_arretee"]


def test_the_way_back_stays_on_the_portal(client, dossier, membre):
    client.force_login(membre.user)
    alerte = reverse("depot:alerte", args=[dossier.identifiant])
    reponse = client.post(alerte, {"prevenir": "oui", "suite": "https://exemple.invalid/"})
    assert reponse.url == reverse("depot:dossier", args=[dossier.identifiant])


def test_who_leaves_the_company_is_told_nothing_if_they_come_back(dossier, membre):
    alerter(dossier=dossier, user=membre.user)
    autre = MembreFabrique(entreprise=dossier.entreprise)
    quitter(entreprise=dossier.entreprise, user=membre.user)
    assert not Alerte.objects.exists()
    assert autre.etat == "actif"
