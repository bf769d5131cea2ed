"""The human queue: a hole or a tie, and a person of the administration who chooses."""

import pytest
from allauth.account.models import EmailAddress
from django.forms.models import model_to_dict

from dossiers.acheminement.actes import router
from dossiers.circuit import Etat
from dossiers.models import Demande
from dossiers.templatetags.portail import navigation
from portal.socle.models import Evenement
from tests.fabriques import (
    MOT_DE_PASSE,
    CompetenceFabrique,
    DemandeFabrique,
    EpciFabrique,
    GuichetFabrique,
    UserFabrique,
    agent_de,
    guichet_epci,
)

pytestmark = pytest.mark.django_db
URL = "/orientation/"


@pytest.fixture
def administration(client):
    user = UserFabrique(administration=True)
    client.force_login(user)
    return user


def en_file(**champs):
    """A demande that the router itself put in the queue."""
    demande = DemandeFabrique(**champs)
    assert not router(demande_id=demande.pk)
    demande.refresh_from_db()
    return demande


def test_the_queue_shows_holes_and_ties_with_their_reason(client, administration):
    DemandeFabrique()
    DemandeFabrique(remise=True)
    trou = en_file(version_aide__nature="export")
    un, deux = (CompetenceFabrique(nature="mobilite").guichet for _ in range(2))
    egalite = en_file(version_aide__nature="mobilite")
    reponse = client.get(URL)
    assert list(reponse.context["page"]) == [trou, egalite]
    texte = reponse.content.decode()
    assert "Aucun guichet n’est compétent ici" in texte
    assert "également compétents" in texte
    assert un.nom in texte
    assert deux.nom in texte
    assert trou.commune.nom in texte
    assert "International" in texte


def test_an_empty_queue_says_what_would_come(client, administration):
    assert "Aucune demande n’attend" in client.get(URL).content.decode()


@pytest.mark.parametrize("suite", ["", "{}/"])
def test_others_are_told_who_may(client, suite):
    demande = en_file()
    for user in (UserFabrique(), agent_de(GuichetFabrique())):
        client.force_login(user)
        reponse = client.get(URL + suite.format(demande.identifiant))
        assert reponse.status_code == 403
        assert "Seule l’administration du portail" in reponse.content.decode()
    client.post(f"{URL}{demande.identifiant}/", {"guichet": GuichetFabrique().pk, "motif": "x"})
    assert Demande.objects.get().etat == Etat.A_ROUTER


def test_the_desks_of_a_tie_are_proposed_first(client, administration):
    GuichetFabrique(nom="Aaa guichet fictif")
    un, deux = (CompetenceFabrique(nature="mobilite").guichet for _ in range(2))
    demande = en_file(version_aide__nature="mobilite")
    choix = client.get(f"{URL}{demande.identifiant}/").context["form"].fields["guichet"].choices
    assert [titre for titre, _ in choix] == ["", "Compétents ici", "Autres guichets"]
    assert {pk for pk, _ in choix[1][1]} == {un.pk, deux.pk}


def test_choosing_hands_over_and_keeps_the_clock(client, administration):
    demande, guichet = en_file(), GuichetFabrique()
    depot = demande.deposee_le
    reponse = client.post(
        f"{URL}{demande.identifiant}/",
        {"guichet": guichet.pk, "motif": "Convention fictive du 1er janvier."},
        follow=True,
    )
    demande.refresh_from_db()
    assert (demande.etat, demande.guichet, demande.file) == (Etat.A_ETUDIER, guichet, "")
    assert demande.deposee_le == depot
    assert demande.motif_orientation == "Convention fictive du 1er janvier."
    assert "Convention" not in str(list(Evenement.objects.values_list("donnees", flat=True)))
    assert demande.acheminements.get().guichet == guichet
    assert "est confiée à" in reponse.content.decode()
    assert Evenement.objects.filter(verbe="orienter", acteur_id=administration.pk).count() == 1


@pytest.mark.parametrize(
    ("donnees", "message"),
    [
        ({"motif": "x"}, "Choisissez un guichet."),
        ({"guichet": "{guichet}", "motif": " "}, "Indiquez pourquoi ce guichet."),
        ({"guichet": "999999", "motif": "x"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(client, administration, donnees, message):
    demande, guichet = en_file(), GuichetFabrique()
    avant, evenements = model_to_dict(demande), Evenement.objects.count()
    donnees = {cle: valeur.format(guichet=guichet.pk) for cle, valeur in donnees.items()}
    reponse = client.post(f"{URL}{demande.identifiant}/", donnees)
    assert reponse.status_code == 422
    assert message in reponse.content.decode()
    assert model_to_dict(Demande.objects.get()) == avant
    assert Evenement.objects.count() == evenements


def test_what_was_routed_meanwhile_is_told(client, administration):
    demande = en_file()
    CompetenceFabrique(nature=demande.version_aide.nature)
    assert router(demande_id=demande.pk)
    guichet = Demande.objects.get().guichet
    page = client.get(f"{URL}{demande.identifiant}/").content.decode()
    assert "n’attend pas qu’on choisisse" in page
    client.post(f"{URL}{demande.identifiant}/", {"guichet": GuichetFabrique().pk, "motif": "x"})
    assert Demande.objects.get().guichet == guichet


def test_the_desks_whose_territory_holds_the_commune_come_first(client, administration):
    demande = en_file()
    GuichetFabrique(nom="Aaa guichet fictif")
    voisin = guichet_epci(demande.commune.epci, nom="Zzz développement économique")
    choix = client.get(f"{URL}{demande.identifiant}/").context["form"].fields["guichet"].choices
    assert [titre for titre, _ in choix] == [
        "",
        "Du même territoire",
        "Autres guichets",
    ]
    assert choix[1][1] == [(voisin.pk, f"{voisin.nom} ({voisin.organisme.nom})")]


def test_an_intercommunality_that_does_not_hold_the_commune_is_confirmed(client, administration):
    demande, lointain = en_file(), guichet_epci(EpciFabrique())
    adresse = f"{URL}{demande.identifiant}/"
    saisie = {"guichet": lointain.pk, "motif": "Accord fictif entre les deux."}
    reponse = client.post(adresse, saisie)
    assert reponse.status_code == 422
    texte = reponse.content.decode()
    assert "n’est pas dans le territoire de" in texte
    assert 'name="hors_territoire"' in texte
    assert Demande.objects.get().etat == Etat.A_ROUTER
    client.post(adresse, {**saisie, "hors_territoire": "on"})
    assert Demande.objects.get().guichet == lointain


@pytest.mark.parametrize("tout_droit", [True, False])
def test_only_who_may_add_a_competence_is_sent_there(client, tout_droit):
    demande = en_file()
    client.force_login(UserFabrique(administration=True, is_superuser=tout_droit))
    texte = client.get(f"{URL}{demande.identifiant}/").content.decode()
    assert ("/administration/" in texte) == tout_droit
    assert ("demandez à la personne" in texte) != tout_droit


def test_the_menu_counts_what_waits_in_one_query_each(client, django_assert_num_queries):
    en_file()
    en_file()
    administrateur, agent = UserFabrique(administration=True), agent_de(GuichetFabrique())
    with django_assert_num_queries(3):
        libelles = [entree.libelle for entree in navigation(administrateur, "/")]
    assert "File d’orientation (2)" in libelles
    with django_assert_num_queries(2):
        navigation(agent, "/")


@pytest.mark.parametrize(
    ("qui", "ou"),
    [
        (lambda: UserFabrique(administration=True), "/orientation/"),
        (lambda: agent_de(GuichetFabrique()), "/instruction/"),
        (UserFabrique, "/dossiers/"),
    ],
)
def test_each_lands_on_their_own_page_after_signing_in(client, qui, ou):
    user = qui()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    reponse = client.post("/comptes/login/", {"login": user.email, "password": MOT_DE_PASSE})
    assert reponse["Location"] == ou
