"""« Mon compte »: one page for everything, and closing it."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from dossiers.depot import actes
from dossiers.models import Entreprise, InvitationEntreprise, Notification
from portal.comptes.models import User
from portal.socle.models import Evenement
from tests.fabriques import (
    MOT_DE_PASSE,
    AdministrateurOrganismeFabrique,
    DemandeFabrique,
    GuichetFabrique,
    MembreFabrique,
    UserFabrique,
    agent_de,
    confirmer,
)

pytestmark = pytest.mark.django_db


def authentifie(user):
    client = Client()
    client.force_login(confirmer(user))
    client.post("/comptes/reauthenticate/", {"password": MOT_DE_PASSE})
    return client


def test_everything_about_ones_account_is_on_one_page(client):
    guichet = GuichetFabrique(nom="Guichet des essais")
    user = agent_de(guichet)
    entreprise = MembreFabrique(user=user).entreprise
    organisme = AdministrateurOrganismeFabrique(user=user).organisme
    client.force_login(user)
    page = client.get("/compte/").content.decode()
    for texte in (
        user.email, entreprise.nom, "Guichet des essais", organisme.nom, "Double authentification",
        "Mot de passe", "Appareils connectés", "Fermer mon compte",
    ):  # fmt: skip
        assert texte in page


def test_a_name_is_changed_by_its_owner(client):
    user = UserFabrique()
    client.force_login(user)
    client.post("/compte/", {"nom_complet": "  Autre Nom fictif "})
    user.refresh_from_db()
    assert user.nom_complet == "Autre Nom fictif"
    assert client.post("/compte/", {"nom_complet": "x" * 151}).status_code == 422


def test_the_account_is_for_who_is_signed_in(client):
    for chemin in ("/compte/", "/compte/fermer/"):
        assert client.get(chemin).url.startswith("/comptes/login/")


def test_changing_ones_address_tells_the_old_one(client):
    user = confirmer(UserFabrique(email="ancienne@exemple.invalid"))
    client = authentifie_deja(user)
    client.post("/comptes/email/", {"email": "nouvelle@exemple.invalid", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "ancienne@exemple.invalid"
    [message] = mail.outbox
    assert message.to == ["nouvelle@exemple.invalid"]
    chemin = next(mot for mot in message.body.split() if mot.startswith("http://localhost:8000/"))
    client.post(chemin.removeprefix("http://localhost:8000"))
    user.refresh_from_db()
    assert user.email == "nouvelle@exemple.invalid"
    avertie = mail.outbox[-1]
    assert avertie.to == ["ancienne@exemple.invalid"]
    assert "nouvelle@exemple.invalid" in avertie.body
    assert "http://testserver" not in avertie.body
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [user.email]


def authentifie_deja(user):
    client = Client()
    client.force_login(user)
    client.post("/comptes/reauthenticate/", {"password": MOT_DE_PASSE})
    return client


def test_other_devices_are_signed_out(client):
    user = confirmer(UserFabrique())
    identifiants = {"login": user.email, "password": MOT_DE_PASSE}
    autre = Client()
    for navigateur in (client, autre):
        navigateur.post("/comptes/login/", identifiants)
    assert "Déconnecter les autres appareils" in client.get("/comptes/sessions/").content.decode()
    client.post("/comptes/sessions/")
    assert client.get("/compte/").status_code == 200
    assert autre.get("/compte/").status_code == 302


# ------------------------------------------------------------------ closing


def test_closing_asks_for_the_password_and_a_tick(client):
    user = confirmer(UserFabrique())
    client.force_login(user)
    assert "Ce qui reste" in client.get("/compte/fermer/").content.decode()
    reponse = client.post("/compte/fermer/", {"confirmation": "on"})
    assert "/comptes/reauthenticate/" in reponse.url
    client.post("/comptes/reauthenticate/", {"password": MOT_DE_PASSE})
    assert client.post("/compte/fermer/", {}).status_code == 422
    user.refresh_from_db()
    assert user.is_active


def test_a_closed_account_leaves_dossiers_and_no_name(rempli, gerante, entreprise):
    demande = DemandeFabrique(en_instruction=True, version_dossier__dossier=rempli)
    rempli.cree_par = gerante
    rempli.save()
    autre = MembreFabrique(entreprise=entreprise).user
    guichet = GuichetFabrique()
    affectation = guichet.affectations.create(user=gerante)
    courriel, nom = gerante.email, gerante.nom_complet
    InvitationEntreprise.objects.create(
        entreprise=MembreFabrique().entreprise, courriel=courriel, par=autre
    )
    client = authentifie(gerante)
    reponse = client.post("/compte/fermer/", {"confirmation": "on"}, follow=True)
    assert "Votre compte est fermé" in reponse.content.decode()
    assert client.get("/compte/").status_code == 302
    ferme = User.objects.get(pk=gerante.pk)
    assert not ferme.is_active
    assert not ferme.has_usable_password()
    assert str(ferme) == "Compte fermé"
    assert courriel not in ferme.email
    assert not EmailAddress.objects.filter(user=ferme).exists()
    assert not InvitationEntreprise.objects.filter(courriel=courriel).exists()
    assert not Notification.objects.filter(user=ferme).exists()
    assert not guichet.affectations.filter(pk=affectation.pk).exists()
    rempli.refresh_from_db()
    assert rempli.entreprise == entreprise
    assert rempli.cree_par_id == ferme.pk
    demande.refresh_from_db()
    assert demande.etat == "en_instruction"
    assert list(Entreprise.objects.visibles_par(autre)) == [entreprise]
    ecrit = " ".join(str(ligne.donnees) for ligne in Evenement.objects.all())
    assert courriel not in ecrit
    assert nom not in ecrit


def test_a_closed_account_does_not_sign_in_again(client):
    user = UserFabrique()
    authentifie(user).post("/compte/fermer/", {"confirmation": "on"})
    reponse = client.post("/comptes/login/", {"login": user.email, "password": MOT_DE_PASSE})
    assert reponse.status_code == 200
    assert "_auth_user_id" not in client.session


def test_who_others_depend_on_names_somebody_first(gerante, entreprise):
    simple = MembreFabrique(entreprise=entreprise, role="membre")
    client = authentifie(gerante)
    page = client.get("/compte/fermer/").content.decode()
    assert "nommez d’abord un autre administrateur" in page
    client.post("/compte/fermer/", {"confirmation": "on"})
    gerante.refresh_from_db()
    assert gerante.is_active
    assert entreprise.adhesions.filter(user=gerante).exists()
    actes.changer_role(membre=simple, role="responsable", par=gerante)
    client.post("/compte/fermer/", {"confirmation": "on"})
    gerante.refresh_from_db()
    assert not gerante.is_active


def test_the_portals_administrator_does_not_leave_alone():
    user = UserFabrique(administration=True)
    client = authentifie(user)
    client.post("/compte/fermer/", {"confirmation": "on"})
    user.refresh_from_db()
    assert user.is_active
    assert "Vous administrez le portail" in client.get("/compte/fermer/").content.decode()
