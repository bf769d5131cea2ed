"""An organisme's administrators run its desks and officers; nobody else's."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client

from portal.socle.models import Evenement
from territoires.organismes import actes
from territoires.organismes.competences import Trou, resoudre
from territoires.organismes.middleware import agit_pour_autrui
from territoires.organismes.models import (
    AgentGuichet,
    Competence,
    Guichet,
    InvitationOrganisme,
    Organisme,
)
from tests.fabriques import (
    AdministrateurOrganismeFabrique,
    CompetenceFabrique,
    DemandeFabrique,
    GestionnaireCatalogueFabrique,
    GuichetFabrique,
    OrganismeFabrique,
    UserFabrique,
    agent_de,
    confirmer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisme():
    return OrganismeFabrique(code="organisme-fictif", nom="Organisme des essais")


@pytest.fixture
def administratrice(organisme):
    return AdministrateurOrganismeFabrique(organisme=organisme).user


@pytest.fixture
def guichet(organisme):
    return GuichetFabrique(organisme=organisme, nom="Guichet des essais", code="guichet-essais")


def connecte(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def navigatrice(administratrice):
    return connecte(administratrice)


COORDONNEES = {
    "courriel": "guichet@exemple.invalid",
    "telephone": "00 00 00 00 00",
    "adresse": "1 rue Fictive",
}
RIEN = dict.fromkeys(COORDONNEES, "")


def test_who_administers_nothing_has_no_page(organisme, guichet):
    affectation = agent_de(guichet).affectations.get()
    pages = [
        "/organisme/",
        "/organisme/organisme-fictif/",
        "/organisme/organisme-fictif/guichets/nouveau/",
        "/organisme/organisme-fictif/guichets/guichet-essais/",
        f"/organisme/organisme-fictif/agents/{affectation.pk}/",
    ]
    autre = AdministrateurOrganismeFabrique().user
    for chemin in pages:
        assert Client().get(chemin).url.startswith("/comptes/login/")
        assert connecte(affectation.user).get(chemin).status_code == 404
        if chemin != "/organisme/":
            assert connecte(autre).get(chemin).status_code == 404
        assert connecte(UserFabrique(administration=True)).get(chemin).status_code == 200


def test_no_act_is_open_to_somebody_else(organisme, guichet):
    autre = AdministrateurOrganismeFabrique().user
    affectation = agent_de(guichet).affectations.get()
    for refuse in (
        lambda: actes.creer_guichet(organisme=organisme, nom="X", par=autre, **RIEN),
        lambda: actes.modifier_guichet(guichet=guichet, nom="X", par=autre, **RIEN),
        lambda: actes.fermer_guichet(guichet=guichet, par=autre),
        lambda: actes.supprimer_guichet(guichet=guichet, par=autre),
        lambda: actes.retirer_agent(affectation=affectation, par=autre),
        lambda: actes.deplacer_agent(affectation=affectation, vers=guichet, par=autre),
        lambda: actes.nommer_administrateur(organisme=organisme, user=autre, par=autre),
        lambda: actes.inviter(
            organisme=organisme, guichet=guichet, courriel="x@exemple.invalid", par=autre
        ),
    ):
        with pytest.raises(PermissionDenied):
            refuse()
    assert list(Guichet.objects.filter(organisme=organisme)) == [guichet]
    assert AgentGuichet.objects.filter(pk=affectation.pk).exists()
    assert not InvitationOrganisme.objects.exists()
    assert not Evenement.objects.exists()


def test_one_organisme_opens_at_once(navigatrice, organisme, administratrice):
    assert navigatrice.get("/organisme/").url == "/organisme/organisme-fictif/"
    AdministrateurOrganismeFabrique(user=administratrice, organisme__nom="Le second")
    assert "Le second" in navigatrice.get("/organisme/").content.decode()


def test_a_desk_is_created_with_a_code_of_its_own(navigatrice, organisme):
    chemin = "/organisme/organisme-fictif/guichets/nouveau/"
    for _ in range(2):
        assert navigatrice.post(chemin, {"nom": "Économie", **RIEN}).status_code == 302
    codes = organisme.guichets.order_by("code").values_list("code", "a_confirmer")
    assert list(codes) == [
        ("organisme-fictif-economie", True),
        ("organisme-fictif-economie-2", True),
    ]
    reponse = navigatrice.post(chemin, {"nom": "", **COORDONNEES})
    assert reponse.status_code == 422
    assert COORDONNEES["adresse"] in reponse.content.decode()


@pytest.mark.parametrize(
    ("coordonnees", "a_confirmer"),
    [
        (COORDONNEES, False),
        (COORDONNEES | {"courriel": ""}, False),
        (COORDONNEES | {"telephone": ""}, True),
        (COORDONNEES | {"courriel": "", "adresse": ""}, True),
    ],
)
def test_saving_contact_data_that_suffice_confirms_them(
    navigatrice, guichet, coordonnees, a_confirmer
):
    assert guichet.a_confirmer
    chemin = "/organisme/organisme-fictif/guichets/guichet-essais/"
    navigatrice.post(chemin, {"nom": "Renommé", **coordonnees})
    guichet.refresh_from_db()
    assert guichet.nom == "Renommé"
    assert guichet.code == "guichet-essais"
    assert guichet.a_confirmer is a_confirmer
    [ligne] = Evenement.objects.filter(verbe="guichet_modifie")
    assert ligne.donnees["a_confirmer"] is a_confirmer
    assert "Fictive" not in str(ligne.donnees)


def test_a_bad_address_is_said_and_nothing_is_saved(navigatrice, guichet):
    chemin = "/organisme/organisme-fictif/guichets/guichet-essais/"
    reponse = navigatrice.post(chemin, {"nom": "X", **COORDONNEES, "courriel": "pas-une-adresse"})
    assert reponse.status_code == 422
    guichet.refresh_from_db()
    assert guichet.nom == "Guichet des essais"


# ------------------------------------------------------------------ closing and deleting


def test_a_desk_that_received_something_is_closed_not_deleted(navigatrice, guichet):
    DemandeFabrique(en_instruction=True, guichet=guichet)
    chemin = "/organisme/organisme-fictif/guichets/guichet-essais/"
    page = navigatrice.post(f"{chemin}etat/", {"action": "supprimer"}, follow=True)
    dit = page.content.decode()
    assert "ne peut pas être supprimé : il a 1 demande en cours" in dit
    assert "changement de compétences" in dit
    assert Guichet.objects.filter(pk=guichet.pk).exists()
    assert not Evenement.objects.filter(verbe="guichet_supprime").exists()
    navigatrice.post(f"{chemin}etat/", {"action": "fermer"})
    guichet.refresh_from_db()
    assert guichet.ferme_le is not None
    navigatrice.post(f"{chemin}etat/", {"action": "rouvrir"})
    guichet.refresh_from_db()
    assert guichet.ferme_le is None
    verbes = Evenement.objects.values_list("verbe", flat=True)
    assert list(verbes) == ["guichet_ferme", "guichet_rouvert"]


def test_a_desk_is_deleted_once_it_holds_no_competence(navigatrice, guichet):
    competence = CompetenceFabrique(guichet=guichet)
    chemin = "/organisme/organisme-fictif/guichets/guichet-essais/etat/"
    page = navigatrice.post(chemin, {"action": "supprimer"}, follow=True)
    assert "il a 1 compétence." in page.content.decode()
    assert Guichet.objects.filter(pk=guichet.pk).exists()
    competence.delete()
    navigatrice.post(chemin, {"action": "supprimer"})
    assert not Guichet.objects.filter(pk=guichet.pk).exists()


def test_a_closed_desk_receives_nothing_new(guichet, administratrice):
    competence = CompetenceFabrique(guichet=guichet)

    def competent():
        return resoudre(
            Competence.objects.select_related("guichet__organisme"),
            nature=competence.nature,
            lieu=frozenset({"REG-76"}),
            le=competence.debut,
            organismes=frozenset(),
        )

    assert competent() == guichet
    actes.fermer_guichet(guichet=guichet, par=administratrice)
    assert isinstance(competent(), Trou)


# ------------------------------------------------------------------ officers


def test_an_officer_is_moved_and_told(
    navigatrice, organisme, guichet, django_capture_on_commit_callbacks
):
    vers = GuichetFabrique(organisme=organisme, nom="Autre guichet")
    ailleurs = GuichetFabrique()
    agent = agent_de(guichet)
    chemin = f"/organisme/organisme-fictif/agents/{agent.affectations.get().pk}/"
    donnees = {"action": "deplacer", "vers": ailleurs.pk}
    assert navigatrice.post(chemin, donnees).status_code == 422
    assert agent.affectations.get().guichet == guichet
    with django_capture_on_commit_callbacks(execute=True):
        navigatrice.post(chemin, donnees | {"vers": vers.pk})
    assert agent.affectations.get().guichet == vers
    [message] = mail.outbox
    assert message.to == [agent.email]
    assert "Autre guichet" in message.body


def test_removing_an_officer_lists_what_they_follow(navigatrice, guichet):
    agent = agent_de(guichet, nom_complet="Agente fictive")
    suivie = DemandeFabrique(en_instruction=True, guichet=guichet)
    suivie.agent = agent
    suivie.save()
    close = DemandeFabrique(acceptee=True, guichet=guichet)
    close.agent = agent
    close.save()
    chemin = f"/organisme/organisme-fictif/agents/{agent.affectations.get().pk}/"
    page = navigatrice.get(chemin).content.decode()
    assert suivie.numero in page
    assert close.numero not in page
    navigatrice.post(chemin, {"action": "retirer"})
    assert not agent.affectations.exists()
    suivie.refresh_from_db()
    assert suivie.etat == "en_instruction"
    assert connecte(agent).get(f"/instruction/demandes/{suivie.identifiant}/").status_code == 404


def test_an_administrator_is_removed_and_the_portal_remains(
    navigatrice, organisme, administratrice
):
    administration = organisme.administrations.get()
    chemin = f"/organisme/organisme-fictif/administrateurs/{administration.pk}/"
    assert "Retirer ce droit" in navigatrice.get(chemin).content.decode()
    assert navigatrice.post(chemin).url == "/compte/"
    assert navigatrice.get("/organisme/organisme-fictif/").status_code == 404
    portail = connecte(UserFabrique(administration=True))
    assert portail.get("/organisme/organisme-fictif/").status_code == 200


# ------------------------------------------------------------------ invitations


def inviter(client, courriel, guichet=None, capture=None, sinon="administrer"):
    donnees = {"courriel": courriel, "fonction": guichet.pk if guichet else sinon}
    with capture(execute=True):
        return client.post("/organisme/organisme-fictif/inviter/", donnees)


def lien():
    return re.search(r"http://localhost:8000(/organisme/invitation/\S+)", mail.outbox[-1].body)[1]


def test_an_invited_officer_joins_the_desk_once(
    navigatrice, organisme, guichet, django_capture_on_commit_callbacks
):
    invite = confirmer(UserFabrique(email="agent@exemple.invalid"))
    inviter(navigatrice, "Agent@exemple.invalid", guichet, django_capture_on_commit_callbacks)
    client = connecte(invite)
    assert "Guichet des essais" in client.get(lien()).content.decode()
    assert not invite.affectations.exists()
    autre = connecte(confirmer(UserFabrique()))
    assert autre.post(lien(), {"action": "rejoindre"}).status_code == 403
    assert client.post(lien(), {"action": "rejoindre"}).status_code == 302
    assert invite.affectations.get().guichet == guichet
    assert not invite.administrations.exists()
    assert client.post(lien(), {"action": "rejoindre"}).status_code == 410
    assert Evenement.objects.filter(verbe="agent_affecte").count() == 1


def test_an_invited_administrator_manages_the_organisme(
    navigatrice, organisme, django_capture_on_commit_callbacks
):
    invite = confirmer(UserFabrique(email="admin@exemple.invalid"))
    inviter(navigatrice, "admin@exemple.invalid", None, django_capture_on_commit_callbacks)
    connecte(invite).post(lien(), {"action": "rejoindre"})
    assert connecte(invite).get("/organisme/").url == "/organisme/organisme-fictif/"


def test_an_invited_catalogue_manager_writes_its_aides_and_nothing_else(
    navigatrice, organisme, django_capture_on_commit_callbacks
):
    invite = confirmer(UserFabrique(email="catalogue@exemple.invalid"))
    inviter(
        navigatrice,
        invite.email,
        capture=django_capture_on_commit_callbacks,
        sinon="catalogue",
    )
    assert mail.outbox[-1].subject.startswith("Vous êtes invité à tenir un catalogue")
    assert "écrire et publier les aides" in connecte(invite).get(lien()).content.decode()
    connecte(invite).post(lien(), {"action": "rejoindre"})
    assert list(Organisme.objects.avec_catalogue_de(invite)) == [organisme]
    assert not Organisme.objects.administres_par(invite).exists()
    assert connecte(invite).get("/organisme/organisme-fictif/").status_code == 404
    assert Evenement.objects.filter(verbe="gestionnaire_nomme").count() == 1
    assert "Gestionnaire du catalogue" in connecte(invite).get("/compte/").content.decode()
    encore = inviter(
        navigatrice,
        invite.email,
        capture=django_capture_on_commit_callbacks,
        sinon="catalogue",
    )
    assert "Cette personne y est déjà" in encore.content.decode()


def test_a_catalogue_manager_is_removed_and_told(
    navigatrice, organisme, django_capture_on_commit_callbacks
):
    gestion = GestionnaireCatalogueFabrique(organisme=organisme)
    chemin = f"/organisme/organisme-fictif/catalogue/{gestion.pk}/"
    page = navigatrice.get("/organisme/organisme-fictif/").content.decode()
    assert chemin in page
    autre = connecte(AdministrateurOrganismeFabrique().user)
    assert autre.post(chemin).status_code == 404
    assert connecte(gestion.user).post(chemin).status_code == 404
    assert "Retirer ce droit" in navigatrice.get(chemin).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert navigatrice.post(chemin).url == "/organisme/organisme-fictif/"
    assert not organisme.gestions.exists()
    assert "Vous ne tenez plus le catalogue" in mail.outbox[-1].body
    assert Evenement.objects.filter(verbe="gestionnaire_retire").count() == 1


def test_closing_an_account_gives_the_catalogue_back(organisme):
    gestion = GestionnaireCatalogueFabrique(organisme=organisme)
    actes.liberer_agent(user=gestion.user)
    assert not organisme.gestions.exists()


def test_a_catalogue_manager_needs_a_second_factor():
    assert agit_pour_autrui(GestionnaireCatalogueFabrique().user)


def test_nobody_is_invited_to_the_desk_of_another(
    navigatrice, organisme, django_capture_on_commit_callbacks
):
    ailleurs = GuichetFabrique()
    reponse = inviter(
        navigatrice, "x@exemple.invalid", ailleurs, django_capture_on_commit_callbacks
    )
    assert reponse.status_code == 422
    assert not InvitationOrganisme.objects.exists()


def test_an_invitation_is_withdrawn(navigatrice, guichet, django_capture_on_commit_callbacks):
    invite = confirmer(UserFabrique(email="agent@exemple.invalid"))
    inviter(navigatrice, "agent@exemple.invalid", guichet, django_capture_on_commit_callbacks)
    [invitation] = InvitationOrganisme.objects.all()
    gestion = f"/organisme/organisme-fictif/invitations/{invitation.pk}/"
    autre = connecte(AdministrateurOrganismeFabrique().user)
    assert autre.post(gestion, {"action": "annuler"}).status_code == 404
    navigatrice.post(gestion, {"action": "annuler"})
    assert connecte(invite).post(lien(), {"action": "rejoindre"}).status_code == 410
    assert not invite.affectations.exists()


def test_the_page_costs_the_same_whatever_its_length(
    navigatrice, organisme, guichet, django_assert_max_num_queries
):
    for _ in range(5):
        agent_de(GuichetFabrique(organisme=organisme))
    with django_assert_max_num_queries(12):
        assert navigatrice.get("/organisme/organisme-fictif/").status_code == 200


def test_a_desk_chooses_to_receive_by_e_mail_and_must_then_have_an_address(navigatrice, guichet):
    chemin = "/organisme/organisme-fictif/guichets/guichet-essais/"
    assert "Comment les demandes arrivent-elles" in navigatrice.get(chemin).content.decode()
    refuse = navigatrice.post(chemin, {"nom": guichet.nom, **RIEN, "canal": "courriel"})
    assert refuse.status_code == 422
    assert "indiquez l’adresse électronique" in refuse.content.decode()
    guichet.refresh_from_db()
    assert guichet.canal == "portail"
    navigatrice.post(chemin, {"nom": guichet.nom, **COORDONNEES, "canal": "courriel"})
    guichet.refresh_from_db()
    assert guichet.canal == "courriel"
    # Saved again by a form that says nothing of it, it stays.
    navigatrice.post(chemin, {"nom": guichet.nom, **COORDONNEES})
    guichet.refresh_from_db()
    assert guichet.canal == "courriel"


def test_the_form_of_a_desk_leaves_its_system_alone(navigatrice, guichet):
    Guichet.objects.filter(pk=guichet.pk).update(canal="webhook")
    chemin = "/organisme/organisme-fictif/guichets/guichet-essais/"
    assert 'name="canal"' not in navigatrice.get(chemin).content.decode()
    navigatrice.post(chemin, {"nom": "Autre nom", **COORDONNEES, "canal": "portail"})
    guichet.refresh_from_db()
    assert (guichet.nom, guichet.canal) == ("Autre nom", "webhook")
    assert navigatrice.post(chemin, {"nom": "X", **RIEN, "canal": "webhook"}).status_code == 302


@pytest.mark.parametrize(
    ("canal", "mots"),
    [
        ("portail", "dans la corbeille du portail, qu’un courriel annonce."),
        ("courriel", "par courriel, à guichet@exemple.invalid."),
        ("webhook", "dans son propre logiciel, relié au portail (webhook)."),
    ],
)
def test_the_channel_of_a_desk_is_said_in_plain_words(navigatrice, guichet, canal, mots):
    Guichet.objects.filter(pk=guichet.pk).update(canal=canal, courriel="guichet@exemple.invalid")
    texte = navigatrice.get("/organisme/organisme-fictif/").content.decode()
    assert f"Les demandes arrivent {mots}" in texte
    page = navigatrice.get("/organisme/organisme-fictif/guichets/guichet-essais/").content.decode()
    assert (mots in page) is (canal == "webhook")
    assert ("Voir la connexion de ce guichet" in page) is (canal == "webhook")
