"""An invitation: by e-mail, to one address, once, for a time; joining is done by POST."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from dossiers.depot import actes
from dossiers.models import Entreprise, InvitationEntreprise, Membre, Notification
from portal.comptes.models import User
from tests.fabriques import MOT_DE_PASSE, MembreFabrique, UserFabrique, confirmer

pytestmark = pytest.mark.django_db
COURRIEL = "invitee@exemple.invalid"


@pytest.fixture
def invitation(entreprise, gerante, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return actes.inviter(
            entreprise=entreprise, courriel="Invitee@Exemple.invalid", role="membre", par=gerante
        )


@pytest.fixture
def invitee():
    return confirmer(UserFabrique(email=COURRIEL))


def connecte(user):
    client = Client()
    client.force_login(user)
    return client


def lien():
    return re.search(r"http://localhost:8000(/invitations/\S+)", mail.outbox[-1].body)[1]


def rejoindre(client, adresse):
    return client.post(adresse, {"action": "rejoindre"})


def test_the_message_leaves_and_names_the_company_and_who_invites(invitation, gerante):
    [message] = mail.outbox
    assert message.to == [COURRIEL]
    assert "Atelier fictif" in message.subject
    assert gerante.nom_complet in message.body
    assert lien() == invitation.get_absolute_url()
    invitation.refresh_from_db()
    assert invitation.envoyee_le is not None


def test_reading_joins_nobody_and_posting_does_once(invitation, invitee, entreprise, gerante):
    client = connecte(invitee)
    page = client.get(lien())
    assert page.status_code == 200
    assert "Atelier fictif" in page.content.decode()
    client.head(lien())
    assert not entreprise.adhesions.filter(user=invitee).exists()
    reponse = rejoindre(client, lien())
    assert reponse.url == f"/entreprises/{entreprise.siren}/"
    assert entreprise.adhesions.get(user=invitee).role == "membre"
    assert "a rejoint" in Notification.objects.get(user=gerante).sujet
    encore = rejoindre(client, lien())
    assert encore.status_code == 410
    assert "déjà servi" in encore.content.decode()
    assert entreprise.adhesions.filter(user=invitee).count() == 1


def refusee(client, adresse, statut, texte, entreprise):
    """Neither reading nor posting changes anything, and the page says why, naming no company."""
    avant = list(entreprise.adhesions.values_list("pk", "etat", "role"))
    for reponse in (client.get(adresse), rejoindre(client, adresse)):
        contenu = reponse.content.decode()
        assert reponse.status_code == statut
        assert texte in contenu
        assert "Atelier fictif" not in contenu
    assert list(entreprise.adhesions.values_list("pk", "etat", "role")) == avant


def test_somebody_else_cannot_use_it(invitation, entreprise):
    autre = confirmer(UserFabrique())
    refusee(connecte(autre), lien(), 403, "une autre adresse", entreprise)
    invitation.refresh_from_db()
    assert invitation.acceptee_le is None


def test_an_address_that_is_not_confirmed_does_not_count(invitation, entreprise):
    faux = UserFabrique(email=COURRIEL)
    EmailAddress.objects.create(user=faux, email=COURRIEL, verified=False, primary=True)
    refusee(connecte(faux), lien(), 403, "une autre adresse", entreprise)


def test_an_expired_or_withdrawn_one_does_nothing(invitation, invitee, entreprise, gerante):
    InvitationEntreprise.objects.update(expire_le=timezone.now() - timedelta(seconds=1))
    refusee(connecte(invitee), lien(), 410, "a expiré", entreprise)
    InvitationEntreprise.objects.update(expire_le=timezone.now() + timedelta(days=1))
    actes.annuler_invitation(invitation=invitation, par=gerante)
    refusee(connecte(invitee), lien(), 410, "annulée", entreprise)


@pytest.mark.parametrize("jeton", ["1.faux", "n’importe", "1", "12.AAAA.BBBB"])
def test_a_link_that_we_did_not_write(client, jeton, invitation):
    reponse = client.get(f"/invitations/{jeton}/")
    assert reponse.status_code == 404
    assert "pas une invitation" in reponse.content.decode()


def test_a_link_of_another_kind_of_invitation_is_not_one(client, invitation):
    assert client.get(f"/organisme/invitation/{invitation.jeton}/").status_code == 404


def test_without_an_account_one_signs_up_and_joins(client, invitation, entreprise):
    page = client.get(lien()).content.decode()
    assert COURRIEL in page
    suite = client.post(lien(), {"action": "creer_compte"}).url
    formulaire = client.get(suite).content.decode()
    assert f'value="{COURRIEL}"' in formulaire
    mots = {"email": COURRIEL, "password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE}
    reponse = client.post(suite, mots | {"next": lien()})
    assert reponse.url == lien()
    assert not entreprise.adhesions.filter(user__email=COURRIEL).exists()
    assert rejoindre(client, lien()).status_code == 302
    assert entreprise.adhesions.get(user__email=COURRIEL).etat == "actif"


def test_signing_up_with_another_address_gives_nothing(client, invitation, entreprise):
    adresse = lien()
    suite = client.post(adresse, {"action": "creer_compte"}).url
    mots = {"email": "autre@exemple.invalid", "password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE}
    reponse = client.post(suite, mots | {"next": adresse}, follow=True)
    assert "Confirmez votre adresse" in reponse.content.decode()
    [seule] = EmailAddress.objects.all()
    assert (seule.email, seule.verified) == ("autre@exemple.invalid", False)
    assert rejoindre(client, adresse).url.startswith("/comptes/login/")
    assert entreprise.adhesions.count() == 1


def test_a_stranger_who_posts_signs_in_first(client, invitation, entreprise):
    reponse = rejoindre(client, lien())
    assert reponse.url.startswith("/comptes/login/?next=")
    assert entreprise.adhesions.count() == 1


def test_a_claim_that_waited_is_settled_by_the_invitation(entreprise, gerante, invitee):
    actes.adherer(entreprise=entreprise, par=invitee)
    invitation = actes.inviter(
        entreprise=entreprise, courriel=COURRIEL, role="responsable", par=gerante
    )
    membre = actes.rejoindre(invitation=invitation, user=invitee)
    assert (membre.etat, membre.role) == ("actif", "responsable")


def test_inviting_again_sends_the_same_one_again(invitation, entreprise, gerante, navigatrice):
    donnees = {"courriel": COURRIEL, "role": "responsable"}
    reponse = navigatrice.post(f"/entreprises/{entreprise.siren}/inviter/", donnees)
    assert reponse.status_code == 422
    assert "attendez deux minutes" in reponse.content.decode()
    InvitationEntreprise.objects.update(envoyee_le=timezone.now() - timedelta(hours=1))
    navigatrice.post(f"/entreprises/{entreprise.siren}/inviter/", donnees)
    [seule] = InvitationEntreprise.objects.all()
    assert seule.role == "responsable"


def test_a_member_is_not_invited_again(entreprise, gerante, navigatrice):
    MembreFabrique(entreprise=entreprise, user__email=COURRIEL)
    donnees = {"courriel": COURRIEL, "role": "membre"}
    reponse = navigatrice.post(f"/entreprises/{entreprise.siren}/inviter/", donnees)
    assert "déjà membre" in reponse.content.decode()
    assert COURRIEL in reponse.content.decode()
    assert not InvitationEntreprise.objects.exists()


def test_whether_an_address_has_an_account_is_not_said(entreprise, navigatrice):
    confirmer(UserFabrique(email="existe@exemple.invalid"))
    for courriel in ("existe@exemple.invalid", "inconnue@exemple.invalid"):
        donnees = {"courriel": courriel, "role": "membre"}
        page = navigatrice.post(
            f"/entreprises/{entreprise.siren}/inviter/", donnees, follow=True
        ).content.decode()
        assert f"Invitation envoyée à {courriel}" in page


def test_a_message_that_does_not_leave_is_shown_and_sent_again(
    entreprise, gerante, navigatrice, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 9
    donnees = {"courriel": COURRIEL, "role": "membre"}
    with django_capture_on_commit_callbacks(execute=True):
        reponse = navigatrice.post(f"/entreprises/{entreprise.siren}/inviter/", donnees)
    assert reponse.status_code == 302
    chemin = f"/entreprises/{entreprise.siren}/"
    assert "Message pas encore parti" in navigatrice.get(chemin).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    invitation = InvitationEntreprise.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        navigatrice.post(f"{chemin}invitations/{invitation.pk}/", {"action": "renvoyer"})
    assert mail.outbox[-1].to == [COURRIEL]
    assert "Message pas encore parti" not in navigatrice.get(chemin).content.decode()


def test_only_those_who_administer_send_or_withdraw(invitation, entreprise):
    simple = MembreFabrique(entreprise=entreprise, role=Membre.Role.MEMBRE)
    chemin = f"/entreprises/{entreprise.siren}/invitations/{invitation.pk}/"
    assert connecte(simple.user).post(chemin, {"action": "annuler"}).status_code == 403
    assert connecte(UserFabrique()).post(chemin, {"action": "annuler"}).status_code == 404
    autre = MembreFabrique()
    ailleurs = f"/entreprises/{autre.entreprise.siren}/invitations/{invitation.pk}/"
    assert connecte(autre.user).post(ailleurs, {"action": "annuler"}).status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoquee_le is None


def test_waiting_invitations_are_shown_after_signing_in(invitation, invitee):
    page = connecte(invitee).get("/dossiers/").content.decode()
    assert lien() in page
    assert (
        "Vous êtes invité"
        not in connecte(confirmer(UserFabrique())).get("/dossiers/").content.decode()
    )


def test_the_account_that_a_link_creates_is_the_invited_one_only(client, invitation, entreprise):
    assert Entreprise.objects.count() == 1
    client.post(lien(), {"action": "creer_compte"})
    assert not User.objects.filter(email=COURRIEL).exists()
