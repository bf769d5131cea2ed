"""The EPCI's list: every demande located in its territory, whoever decides it."""

from decimal import Decimal

import pytest

from dossiers.models import Demande
from tests.dossiers.instruction.test_corbeille import remplir, requetes
from tests.fabriques import (
    CommuneFabrique,
    DemandeFabrique,
    DepartementFabrique,
    EpciFabrique,
    GuichetFabrique,
    PorteurFabrique,
    RegionFabrique,
    UserFabrique,
    agent_de,
    guichet_epci,
)

pytestmark = pytest.mark.django_db
URL = "/territoire/"


@pytest.fixture
def epci():
    return EpciFabrique(nom="Communauté fictive de la Vallée")


@pytest.fixture
def commune(epci):
    return CommuneFabrique(nom="Bourg-Fictif", epci=epci)


@pytest.fixture
def liste(client, epci):
    client.force_login(agent_de(guichet_epci(epci)))

    def lire(**parametres):
        reponse = client.get(URL, parametres)
        assert reponse.status_code == 200
        return set(reponse.context["page"].object_list)

    return lire


def test_every_demande_of_the_territory_is_listed_whoever_decides_it(liste, commune):
    attendues = {
        DemandeFabrique(commune=commune),
        DemandeFabrique(commune=commune, sans_guichet=True),
        DemandeFabrique(commune=commune, remise=True),
        DemandeFabrique(commune=commune, acceptee=True),
    }
    DemandeFabrique(remise=True)
    assert liste() == attendues


def test_place_is_decided_at_the_commune_even_across_a_regional_border(liste, epci, commune):
    ailleurs = DepartementFabrique(
        code="24", nom="Dordogne", region=RegionFabrique(code="75", nom="Nouvelle-Aquitaine")
    )
    voisine = CommuneFabrique(nom="Au-Dela", departement=ailleurs, epci=epci)
    meme_departement = CommuneFabrique(nom="Hors-Epci", departement=commune.departement)
    sans_epci = CommuneFabrique(nom="Ile-Fictive", epci=None)
    attendues = {DemandeFabrique(commune=c) for c in (commune, voisine)}
    for autre in (meme_departement, sans_epci):
        DemandeFabrique(commune=autre)
    assert liste() == attendues


def test_an_officer_of_two_intercommunalities_sees_both(client, epci, commune):
    second = CommuneFabrique()
    attendues = {DemandeFabrique(commune=c) for c in (commune, second)}
    client.force_login(agent_de(guichet_epci(epci), guichet_epci(second.epci)))
    assert set(client.get(URL).context["page"]) == attendues


@pytest.mark.parametrize("qui", [UserFabrique, lambda: agent_de(GuichetFabrique())])
def test_whoever_has_no_territory_is_told_what_to_do(client, qui):
    user = qui()
    client.force_login(user)
    texte = client.get(URL).content.decode()
    assert "Aucune intercommunalité ne vous est rattachée" in texte
    assert user.email in texte


def test_filters_by_commune_desk_funder_state_and_nature(liste, epci, commune):
    autre = CommuneFabrique(epci=epci)
    guichet = GuichetFabrique(nom="Guichet fictif régional")
    voulue = DemandeFabrique(
        en_instruction=True, commune=commune, guichet=guichet, version_aide__nature="export"
    )
    porteur = PorteurFabrique(version=voulue.version_aide)
    PorteurFabrique(organisme=porteur.organisme, roles=["instructeur"])
    a_router = DemandeFabrique(commune=autre)
    PorteurFabrique(version=a_router.version_aide, organisme=porteur.organisme, roles=["diffuseur"])
    assert liste(commune=commune.code) == {voulue}
    assert liste(guichet=guichet.code) == {voulue}
    assert liste(guichet="aucun") == {a_router}
    assert liste(financeur=porteur.organisme.code) == {voulue}
    assert liste(etat="a_router") == {a_router}
    assert liste(nature="export") == {voulue}
    assert liste(q=a_router.numero) == {a_router}


def test_the_summary_adds_up(client, epci, commune):
    for montant in (1000, 2000):
        demande = DemandeFabrique(acceptee=True, commune=commune)
        Demande.objects.filter(pk=demande.pk).update(montant_accorde=Decimal(montant))
    DemandeFabrique(remise=True, commune=commune)
    DemandeFabrique(acceptee=True)
    client.force_login(agent_de(guichet_epci(epci)))
    contexte = client.get(URL).context
    assert contexte["bilan"] == {"entreprises": 3, "accorde": Decimal(3000)}
    assert [(c["commune__nom"], c["nombre"], c["decidees"]) for c in contexte["communes"]] == [
        ("Bourg-Fictif", 3, 2)
    ]


def test_the_epci_reads_without_acts_and_is_told_why(client, epci, commune):
    demande = DemandeFabrique(en_instruction=True, commune=commune)
    client.force_login(agent_de(guichet_epci(epci)))
    texte = client.get(f"/instruction/demandes/{demande.identifiant}/").content.decode()
    assert "Lecture seule" in texte
    assert "Seuls les agents du guichet compétent" in texte
    assert "decision/" not in texte


def test_the_epci_reads_what_its_desk_has_not_opened_by_opening_it(client, epci, commune):
    guichet = guichet_epci(epci)
    a_elle = DemandeFabrique(remise=True, commune=commune, guichet=guichet)
    a_la_region = DemandeFabrique(remise=True, commune=commune)
    client.force_login(agent_de(guichet))
    pages = [
        client.get(f"/instruction/demandes/{d.identifiant}/").templates[0].name
        for d in (a_elle, a_la_region)
    ]
    assert pages == ["instruction/ouvrir.html", "instruction/demande.html"]


def test_the_list_costs_the_same_queries_whatever_its_length(client, epci):
    client.force_login(agent_de(guichet_epci(epci)))
    guichet = GuichetFabrique()
    remplir(guichet, 10)
    CommuneFabrique._meta.model.objects.update(epci=epci)
    peu = requetes(client, URL)
    remplir(guichet, 300)
    CommuneFabrique._meta.model.objects.update(epci=epci)
    assert requetes(client, URL) == peu
    assert peu <= 16


def test_the_csv_has_the_filtered_list(client, epci, commune):
    voulue = DemandeFabrique(remise=True, commune=commune)
    DemandeFabrique(commune=commune)
    DemandeFabrique(remise=True)
    client.force_login(agent_de(guichet_epci(epci)))
    reponse = client.get("/territoire/territoire.csv", {"etat": "a_etudier"})
    lignes = b"".join(reponse.streaming_content).decode("utf-8-sig").splitlines()
    assert [ligne.split(";")[0] for ligne in lignes[1:]] == [voulue.numero]
