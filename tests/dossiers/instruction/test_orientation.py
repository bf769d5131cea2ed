"""The human queue: a hole or a tie, and a person of the administration who chooses."""

import pytest
from django.forms.models import model_to_dict

from dossiers.acheminement.actes import router
from dossiers.circuit import Etat
from dossiers.models import Demande
from portal.socle.models import Evenement
from tests.fabriques import (
    CompetenceFabrique,
    DemandeFabrique,
    GuichetFabrique,
    UserFabrique,
    agent_de,
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
    assert [titre for titre, _ in choix] == ["", "Également compétents", "Autres guichets"]
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
