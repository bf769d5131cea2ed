"""« Mon entreprise » as members, administrators, claimants and the portal see it."""

from __future__ import annotations

import pytest
from django.test import Client

from dossiers.depot import actes
from dossiers.models import Entreprise, Membre
from tests.fabriques import (
    MOT_DE_PASSE,
    DemandeFabrique,
    DossierFabrique,
    EntrepriseFabrique,
    MembreFabrique,
    UserFabrique,
    agent_de,
    confirmer,
)

pytestmark = pytest.mark.django_db


def connecte(user):
    client = Client()
    client.force_login(user)
    return client


def authentifie(user):
    """Signed in, the password given again a moment ago: sensitive acts are open."""
    client = connecte(confirmer(user))
    reponse = client.post("/comptes/reauthenticate/", {"password": MOT_DE_PASSE})
    assert reponse.status_code == 302
    return client


def test_one_company_opens_at_once_and_several_are_a_choice(navigatrice, gerante, entreprise):
    assert navigatrice.get("/entreprises/").url == f"/entreprises/{entreprise.siren}/"
    autre = MembreFabrique(user=gerante, entreprise__nom="Seconde fictive").entreprise
    page = navigatrice.get("/entreprises/").content.decode()
    assert entreprise.nom in page
    assert autre.nom in page
    page = navigatrice.get(f"/entreprises/{autre.siren}/").content.decode()
    assert 'aria-label="Changer d’entreprise"' in page


def test_the_list_of_dossiers_is_of_one_company_when_asked(navigatrice, gerante, vide):
    autre = MembreFabrique(user=gerante).entreprise
    DossierFabrique(entreprise=autre, titre="Projet de la seconde")
    tout = navigatrice.get("/dossiers/").content.decode()
    assert vide.titre in tout
    assert "Projet de la seconde" in tout
    une = navigatrice.get(f"/dossiers/?entreprise={autre.siren}").content.decode()
    assert vide.titre not in une
    assert "Projet de la seconde" in une
    etrangere = DossierFabrique(titre="Projet étranger")
    page = navigatrice.get(f"/dossiers/?entreprise={etrangere.entreprise.siren}").content.decode()
    assert "Projet étranger" not in page


def test_a_member_sees_colleagues_and_no_button(entreprise, gerante):
    simple = MembreFabrique(entreprise=entreprise, role=Membre.Role.MEMBRE)
    actes.adherer(entreprise=entreprise, par=UserFabrique(email="claim@exemple.invalid"))
    page = connecte(simple.user).get(f"/entreprises/{entreprise.siren}/").content.decode()
    assert gerante.email in page
    assert "claim@exemple.invalid" not in page
    assert "Inviter quelqu’un" not in page
    assert "/membres/" not in page
    for suite in ("membres/1/", "inviter/"):
        reponse = connecte(simple.user).post(f"/entreprises/{entreprise.siren}/{suite}")
        assert reponse.status_code == 403


def test_a_role_is_changed_and_a_member_removed(navigatrice, entreprise):
    simple = MembreFabrique(entreprise=entreprise, role=Membre.Role.MEMBRE)
    chemin = f"/entreprises/{entreprise.siren}/membres/{simple.pk}/"
    assert "Retirer de l’entreprise" in navigatrice.get(chemin).content.decode()
    navigatrice.post(chemin, {"action": "role", "role": "responsable"})
    simple.refresh_from_db()
    assert simple.role == "responsable"
    assert navigatrice.post(chemin, {"action": "role", "role": "roi"}).status_code == 422
    navigatrice.post(chemin, {"action": "retirer"})
    assert not Membre.objects.filter(pk=simple.pk).exists()
    assert navigatrice.post(chemin, {"action": "retirer"}).status_code == 404


def test_the_last_administrator_is_told_what_to_do(navigatrice, entreprise, gerante):
    MembreFabrique(entreprise=entreprise, role=Membre.Role.MEMBRE)
    membre = entreprise.adhesions.get(user=gerante)
    chemin = f"/entreprises/{entreprise.siren}/membres/{membre.pk}/"
    reponse = navigatrice.post(chemin, {"action": "role", "role": "membre"})
    assert reponse.status_code == 422
    assert "nommez-en d’abord une autre" in reponse.content.decode()
    page = navigatrice.get(f"/entreprises/{entreprise.siren}/quitter/").content.decode()
    assert "nommez d’abord" in page
    navigatrice.post(f"/entreprises/{entreprise.siren}/quitter/")
    assert entreprise.adhesions.filter(user=gerante).exists()


def test_leaving_alone_says_what_happens(navigatrice, entreprise, gerante):
    chemin = f"/entreprises/{entreprise.siren}/quitter/"
    assert "le seul membre" in navigatrice.get(chemin).content.decode()
    assert entreprise.adhesions.filter(user=gerante).exists()
    assert navigatrice.post(chemin).url == "/dossiers/"
    assert not entreprise.adhesions.exists()


def test_a_claim_is_answered_from_the_company_s_page(navigatrice, entreprise):
    attente = actes.adherer(entreprise=entreprise, par=UserFabrique())
    assert (
        attente.user.email in navigatrice.get(f"/entreprises/{entreprise.siren}/").content.decode()
    )
    reponse = navigatrice.post(f"/dossiers/adhesions/{attente.pk}/", {"reponse": "accepter"})
    assert reponse.url == f"/entreprises/{entreprise.siren}/"
    attente.refresh_from_db()
    assert attente.etat == "actif"


def test_a_stranger_does_not_answer_a_claim(entreprise):
    attente = actes.adherer(entreprise=entreprise, par=UserFabrique())
    for user in (UserFabrique(), attente.user, agent_de()):
        chemin = f"/dossiers/adhesions/{attente.pk}/"
        assert connecte(user).post(chemin, {"reponse": "accepter"}).status_code == 404
    attente.refresh_from_db()
    assert attente.etat == "en_attente"


# ------------------------------------------------------------------ the portal's administrators


@pytest.fixture
def administration():
    return UserFabrique(administration=True)


def test_only_the_portal_sees_every_company(navigatrice, entreprise, administration):
    for chemin in ("/rattachements/", f"/rattachements/{entreprise.siren}/"):
        assert navigatrice.get(chemin).status_code == 404
        assert Client().get(chemin).status_code == 302
        assert connecte(administration).get(chemin).status_code == 200


def test_the_portal_searches_by_siren_or_name(entreprise, administration):
    EntrepriseFabrique(nom="Autre chose")
    for q in (entreprise.siren, entreprise.siren[:5], "atelier", "ATELIER FICTIF"):
        page = connecte(administration).get("/rattachements/", {"q": q}).content.decode()
        assert "Atelier fictif" in page
    page = connecte(administration).get("/rattachements/", {"q": "rien"}).content.decode()
    assert "Aucune entreprise" in page


def test_the_list_costs_the_same_whatever_its_length(
    administration, entreprise, django_assert_max_num_queries
):
    client = connecte(administration)
    EntrepriseFabrique.create_batch(12)
    with django_assert_max_num_queries(8):
        assert client.get("/rattachements/").status_code == 200


def test_sensitive_acts_ask_for_the_password_again(entreprise, administration):
    chemin = f"/rattachements/{entreprise.siren}/"
    reponse = connecte(administration).post(chemin, {"action": "verifier"})
    assert "/comptes/reauthenticate/" in reponse.url
    entreprise.refresh_from_db()
    assert entreprise.verifiee_le is None
    assert authentifie(administration).post(chemin, {"action": "verifier"}).url == chemin
    entreprise.refresh_from_db()
    assert entreprise.verifiee_le is not None


def test_giving_a_company_back(entreprise, administration, gerante):
    claim = actes.adherer(entreprise=entreprise, par=UserFabrique())
    client, chemin = authentifie(administration), f"/rattachements/{entreprise.siren}/"
    reponse = client.post(chemin, {"action": "confier", "membre": claim.pk})
    assert reponse.status_code == 422
    assert "autres membres" in reponse.content.decode()
    etranger = MembreFabrique()
    donnees = {"action": "confier", "membre": etranger.pk, "autres": "retirer"}
    assert client.post(chemin, donnees).status_code == 422
    assert entreprise.adhesions.get(user=gerante).role == "responsable"
    donnees = {"action": "confier", "membre": claim.pk, "autres": "retirer"}
    assert client.post(chemin, donnees).status_code == 302
    assert list(Entreprise.objects.visibles_par(claim.user)) == [entreprise]
    assert not Entreprise.objects.visibles_par(gerante).exists()


# ------------------------------------------------------------------ the desks


def test_a_desk_reads_that_a_company_is_not_verified(administration):
    demande = DemandeFabrique(en_instruction=True)
    client = connecte(agent_de(demande.guichet))
    chemin = f"/instruction/demandes/{demande.identifiant}/"
    assert "Entreprise non vérifiée" in client.get(chemin).content.decode()
    entreprise = demande.dossier.entreprise
    actes.verifier_entreprise(entreprise=entreprise, verifiee=True, par=administration)
    assert "non vérifiée" not in client.get(chemin).content.decode().lower()


def test_a_demande_whose_officer_left_is_to_be_taken_up():
    demande = DemandeFabrique(en_instruction=True)
    parti = agent_de(demande.guichet, nom_complet="Agente partie")
    demande.agent = parti
    demande.save()
    client = connecte(agent_de(demande.guichet))
    for chemin in ("/instruction/", f"/instruction/demandes/{demande.identifiant}/"):
        assert "à reprendre" not in client.get(chemin).content.decode()
    parti.affectations.all().delete()
    for chemin in ("/instruction/", f"/instruction/demandes/{demande.identifiant}/"):
        assert "à reprendre" in client.get(chemin).content.decode()
