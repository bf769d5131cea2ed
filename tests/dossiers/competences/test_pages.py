"""The pages of competences: who sees them, what they show, what they keep."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.socle.models import Evenement
from territoires.organismes import actes
from territoires.organismes.models import ChangementCompetences, Competence, Convention
from territoires.organismes.operations import ajout
from tests.dossiers.competences.conftest import valeurs
from tests.fabriques import (
    AdministrateurOrganismeFabrique,
    CommuneFabrique,
    CompetenceFabrique,
    ConventionFabrique,
    DemandeFabrique,
    GestionnaireCatalogueFabrique,
    GuichetFabrique,
    PorteurFabrique,
    UserFabrique,
    VersionAideFabrique,
    agent_de,
    guichet_epci,
)

pytestmark = pytest.mark.django_db
BASE = "/competences/"


def connecte(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def gestionnaire(region, commune):
    return GestionnaireCatalogueFabrique(organisme=region).user


@pytest.fixture
def page(gestionnaire):
    return connecte(gestionnaire)


@pytest.fixture
def convention(vallee, guichet_region, guichet_vallee):
    """The valley entrusts its premises to the région until the end of 2027."""
    return ConventionFabrique(
        donneurs=[guichet_vallee.organisme],
        receveurs=[guichet_region.organisme],
        perimetre=[f"EPCI-{vallee.siren}"],
    )


SAISIE = {
    "nature": "investissement",
    "perimetre": ["REG-76"],
    "debut": "2026-01-01",
    "base_libelle": "Délibération fictive",
}


# ------------------------------------------------------------------ who


def test_each_sees_the_competences_of_their_own_desks(page, competence, guichet_vallee, vallee):
    autre = CompetenceFabrique(guichet=guichet_vallee, perimetre=[f"EPCI-{vallee.siren}"])
    texte = page.get(BASE).content.decode()
    assert competence.guichet.nom in texte
    assert guichet_vallee.nom not in texte
    for suite in ("", "modifier/", "terminer/"):
        assert page.get(f"{BASE}{competence.pk}/{suite}").status_code == 200
        assert page.get(f"{BASE}{autre.pk}/{suite}").status_code == 404
        staff = connecte(UserFabrique(administration=True))
        assert staff.get(f"{BASE}{autre.pk}/{suite}").status_code == 200
    assert page.post(f"{BASE}{autre.pk}/supprimer/").status_code == 404
    assert not ChangementCompetences.objects.exists()


@pytest.mark.parametrize(
    "suite",
    ["", "ajouter/", "changement/", "trous/", "trous.csv", "conventions/", "conventions/ajouter/"],
)
def test_who_keeps_no_catalogue_has_no_page(suite, guichet_region, page):
    for user in (UserFabrique(), agent_de(guichet_region)):
        assert connecte(user).get(BASE + suite).status_code == 404
    assert Client().get(BASE + suite).url.startswith("/comptes/login/")
    assert page.get(BASE + suite).status_code == 200


def test_the_menu_leads_there(page, gestionnaire):
    assert 'href="/competences/"' in page.get("/mon-catalogue/").content.decode()
    staff = connecte(UserFabrique(administration=True))
    assert 'href="/competences/"' in staff.get("/organisme/").content.decode()


def test_a_manager_takes_nothing_outside_the_territory(vallee, guichet_vallee, commune):
    ailleurs = CommuneFabrique()
    client = connecte(GestionnaireCatalogueFabrique(organisme=guichet_vallee.organisme).user)
    for lieu, statut in (("REG-76", 422), (f"COM-{ailleurs.code}", 422)):
        donnees = {**SAISIE, "guichet": guichet_vallee.pk, "perimetre": [lieu]}
        reponse = client.post(f"{BASE}ajouter/", donnees)
        assert reponse.status_code == statut
        assert "sort du territoire" in reponse.content.decode()
    assert not ChangementCompetences.objects.exists()
    donnees = {**SAISIE, "guichet": guichet_vallee.pk, "perimetre": [f"COM-{commune.code}"]}
    assert client.post(f"{BASE}ajouter/", donnees).url == f"{BASE}changement/"


# ------------------------------------------------------------------ the list


def test_the_list_is_filtered_by_nature_desk_place_and_day(page, region, guichet_region, commune):
    CommuneFabrique()
    autre = GuichetFabrique(organisme=region, nom="Guichet fictif de l’export")
    ici = CompetenceFabrique(guichet=guichet_region, exclusions=[f"COM-{commune.code}"])
    export = CompetenceFabrique(guichet=autre, nature="export", perimetre=[f"COM-{commune.code}"])
    finie = CompetenceFabrique(guichet=guichet_region, nature="conseil", fin="2020-12-31")

    def trouvees(**filtre):
        reponse = page.get(BASE, filtre)
        assert reponse.status_code == 200
        return {lue.competence for lue in reponse.context["lues"]}

    assert trouvees() == {ici, export}
    assert trouvees(le="") == {ici, export, finie}
    assert trouvees(le="2020-06-01") == {ici, export, finie}
    assert trouvees(nature="export") == {export}
    assert trouvees(guichet=autre.pk) == {export}
    assert trouvees(lieu=commune.nom) == {export}
    assert trouvees(lieu="Occitanie") == {ici, export}
    reponse = page.get(BASE, {"lieu": "Nulle-Part-Fictif", "le": "2026-02-31"})
    assert "Aucun lieu ne s’appelle" in reponse.content.decode()
    assert "une date qui existe" in reponse.content.decode()


def test_its_queries_do_not_grow(page, guichet_region, django_assert_num_queries):
    for _ in range(2):
        for _ in range(4):
            CompetenceFabrique(guichet=guichet_region)
        with django_assert_num_queries(9):
            page.get(BASE)


# ------------------------------------------------------------------ preparing


def test_adding_prepares_and_writes_no_competence(page, guichet_region):
    reponse = page.post(f"{BASE}ajouter/", {**SAISIE, "guichet": guichet_region.pk}, follow=True)
    texte = reponse.content.decode()
    assert "Rien n’est encore appliqué" in texte
    assert "Ajouter – Guichet de la région" in texte
    assert not Competence.objects.exists()
    assert not Evenement.objects.exists()
    jeton = re.search(r'name="jeton"\s+value="(\w+)"', texte)[1]
    fin = page.post(f"{BASE}changement/", {"jeton": jeton}, follow=True).content.decode()
    assert "C’est appliqué : 0 demande déplacée." in fin
    competence = Competence.objects.get()
    assert competence.base_legale == {"libelle": "Délibération fictive", "verifie": False}
    historique = page.get(f"{BASE}{competence.pk}/").content.decode()
    assert "Ajoutée par Personne fictive" in historique


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"guichet": ""}, "Choisissez un guichet."),
        ({"perimetre": []}, "Choisissez au moins un lieu."),
        ({"perimetre": ["REG-99"]}, "Code géographique inconnu"),
        ({"debut": "2026-02-31"}, "une date qui existe"),
        ({"fin": "2025-01-01"}, "Le dernier jour précède le premier"),
        ({"base_libelle": ""}, "Citez le texte"),
        ({"nature": "inconnue"}, "Sélectionnez un choix valide"),
        ({"perimetre": ["<script>"]}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(page, guichet_region, change, message):
    donnees = {**SAISIE, "guichet": guichet_region.pk, **change}
    reponse = page.post(f"{BASE}ajouter/", donnees)
    assert reponse.status_code == 422
    texte = reponse.content.decode()
    assert message in texte
    if "base_libelle" not in change:
        assert "Délibération fictive" in texte
    assert not ChangementCompetences.objects.exists()


def test_a_place_is_looked_for_by_its_name(page, guichet_region, commune):
    donnees = {"guichet": guichet_region.pk, "perimetre_q": commune.nom, "chercher": "perimetre"}
    texte = page.post(f"{BASE}ajouter/", donnees).content.decode()
    assert f'value="COM-{commune.code}"' in texte
    assert commune.libelle in texte


def test_changing_from_a_day_ends_one_and_begins_another(page, competence, vallee):
    donnees = {
        **SAISIE,
        "debut": "2016-01-01",
        "exclusions": [f"EPCI-{vallee.siren}"],
        "a_partir_du": "2027-01-01",
    }
    page.post(f"{BASE}{competence.pk}/modifier/", donnees)
    fin, debut = ChangementCompetences.objects.get().operations
    assert (fin["genre"], fin["valeurs"]["fin"], fin["valeurs"]["exclusions"]) == (
        "modifier",
        "2026-12-31",
        [],
    )
    assert (debut["genre"], debut["valeurs"]["debut"]) == ("ajouter", "2027-01-01")
    texte = page.get(f"{BASE}changement/").content.decode()
    assert "ne déplace aucune demande en cours" in texte
    assert "commence le 1er janvier 2027" in texte


def test_ending_is_prepared_too(page, competence):
    assert page.post(f"{BASE}{competence.pk}/terminer/", {"fin": "2015-01-01"}).status_code == 422
    reponse = page.post(f"{BASE}{competence.pk}/terminer/", {"fin": "2026-12-31"})
    assert reponse.url == f"{BASE}changement/"
    competence.refresh_from_db()
    assert competence.fin is None


def test_a_prepared_change_is_taken_back(page, gestionnaire, competence):
    page.post(f"{BASE}{competence.pk}/supprimer/")
    changement = ChangementCompetences.objects.get()
    page.post(f"{BASE}changement/retirer/0/", {"revision": changement.revision - 1})
    assert len(ChangementCompetences.objects.get().operations) == 1
    page.post(f"{BASE}changement/retirer/0/", {"revision": changement.revision})
    assert ChangementCompetences.objects.get().operations == []
    assert "Rien n’est préparé" in page.get(f"{BASE}changement/").content.decode()
    page.post(f"{BASE}changement/abandonner/")
    assert not ChangementCompetences.objects.exists()


def test_a_stranger_s_form_waits_for_them_to_sign_in(gestionnaire, guichet_region):
    client = Client()
    donnees = {**SAISIE, "guichet": guichet_region.pk}
    assert client.post(f"{BASE}ajouter/", donnees).url.startswith("/comptes/login/")
    client.force_login(gestionnaire)
    assert "Délibération fictive" in client.get(f"{BASE}ajouter/").content.decode()


# ------------------------------------------------------------------ rehearsing, applying


@pytest.fixture
def prepare(administration, competence, guichet_region, guichet_vallee, vallee, commune):
    """Three demandes would move, one more is reviewed already."""
    version = VersionAideFabrique()
    for _ in range(3):
        DemandeFabrique(remise=True, guichet=guichet_region, commune=commune, version_aide=version)
    DemandeFabrique(en_instruction=True, guichet=guichet_region, commune=commune)
    operation = ajout(valeurs(guichet_vallee, perimetre=[f"EPCI-{vallee.siren}"]))
    actes.preparer_operations(par=administration, operations=[operation])
    return connecte(administration)


def test_the_rehearsal_says_how_many_move_and_from_where_to_where(prepare, guichet_region):
    texte = prepare.get(f"{BASE}changement/").content.decode().replace("\xa0", " ")
    assert "Ce changement déplace 3 demandes en cours" in texte
    assert "3 de Guichet de la région vers Guichet de la vallée" in texte
    assert "Cela concerne 1 demande en cours" in texte
    assert "Déjà prise en charge" in texte
    assert "avec_prises" in texte


def test_the_list_of_demandes_names_no_company(prepare):
    texte = prepare.get(f"{BASE}changement/").content.decode()
    assert "Entreprise fictive" not in texte


def test_what_changed_meanwhile_is_rehearsed_again(prepare, guichet_region, commune):
    texte = prepare.get(f"{BASE}changement/").content.decode()
    jeton = re.search(r'name="jeton"\s+value="(\w+)"', texte)[1]
    DemandeFabrique(remise=True, guichet=guichet_region, commune=commune)
    reponse = prepare.post(f"{BASE}changement/", {"jeton": jeton})
    assert reponse.status_code == 409
    texte = reponse.content.decode()
    assert "La situation a changé depuis votre répétition" in texte
    assert "Ce changement déplace 4 demandes" in texte
    assert Competence.objects.count() == 1
    nouveau = re.search(r'name="jeton"\s+value="(\w+)"', texte)[1]
    fin = prepare.post(f"{BASE}changement/", {"jeton": nouveau, "avec_prises": "on"}, follow=True)
    assert "C’est appliqué : 5 demandes déplacées" in fin.content.decode()


def test_only_the_administration_takes_what_a_neighbour_reviews(
    competence, guichet_region, guichet_vallee, vallee, commune
):
    DemandeFabrique(en_instruction=True, guichet=guichet_region, commune=commune)
    client = connecte(GestionnaireCatalogueFabrique(organisme=guichet_vallee.organisme).user)
    perimetre = [f"EPCI-{vallee.siren}"]
    donnees = {**SAISIE, "guichet": guichet_vallee.pk, "perimetre": perimetre}
    texte = client.post(f"{BASE}ajouter/", donnees, follow=True).content.decode()
    assert "demandez à l’administration" in texte
    assert "avec_prises" not in texte
    jeton = re.search(r'name="jeton"\s+value="(\w+)"', texte)[1]
    reponse = client.post(f"{BASE}changement/", {"jeton": jeton, "avec_prises": "on"})
    assert reponse.status_code == 422
    assert "Rien n’a été appliqué" in reponse.content.decode()
    assert Competence.objects.count() == 1


def test_an_end_that_opens_a_hole_is_confirmed_with_its_size(page, competence, commune):
    CommuneFabrique(epci=commune.epci)
    CommuneFabrique()
    fin = (timezone.localdate() - timedelta(days=1)).isoformat()
    page.post(f"{BASE}{competence.pk}/terminer/", {"fin": fin})
    texte = page.get(f"{BASE}changement/").content.decode()
    assert "laisse 3 communes (2 intercommunalités) sans guichet pour l’investissement" in texte
    assert "Rien n’a été appliqué" not in texte
    jeton = re.search(r'name="jeton"\s+value="(\w+)"', texte)[1]
    refus = page.post(f"{BASE}changement/", {"jeton": jeton})
    assert refus.status_code == 422
    assert "Cochez cette case pour appliquer quand même." in refus.content.decode()
    competence.refresh_from_db()
    assert competence.fin is None
    fait = page.post(f"{BASE}changement/", {"jeton": jeton, "trous": "on"}, follow=True)
    assert "C’est appliqué" in fait.content.decode()
    competence.refresh_from_db()
    assert competence.fin.isoformat() == fin


def test_what_opens_no_hole_asks_for_no_confirmation(prepare):
    assert 'name="trous"' not in prepare.get(f"{BASE}changement/").content.decode()


def test_queries_of_the_rehearsal_do_not_grow(
    prepare, guichet_region, commune, django_assert_num_queries
):
    version = VersionAideFabrique()
    for _ in range(2):
        for _ in range(4):
            DemandeFabrique(
                remise=True, guichet=guichet_region, commune=commune, version_aide=version
            )
        with django_assert_num_queries(20):
            prepare.get(f"{BASE}changement/")


# ------------------------------------------------------------------ holes and ties


def test_a_hole_is_said_in_a_sentence_and_in_its_case(page, region, vallee, commune):
    VersionAideFabrique(nature="immobilier")
    texte = page.get(f"{BASE}trous/").content.decode()
    assert "Aucun guichet pour l’immobilier d’entreprise dans cette intercommunalité" in texte
    assert vallee.nom in texte
    assert "Aucun guichet" in texte


def test_a_half_covered_epci_says_so(page, guichet_region, vallee, commune):
    VersionAideFabrique()
    autre = CommuneFabrique(epci=vallee)
    CompetenceFabrique(guichet=guichet_region, exclusions=[f"COM-{commune.code}"])
    texte = page.get(f"{BASE}trous/").content.decode()
    assert f"{vallee.nom} (1 commune sur 2)" in texte
    assert "dans 1 commune sur 2" in texte
    assert guichet_region.nom in texte
    assert autre.code


def test_an_epci_that_straddles_a_border_is_judged_on_this_side(page, guichet_region, vallee):
    CommuneFabrique(epci=vallee)
    CommuneFabrique(
        epci=vallee,
        departement__code="64",
        departement__nom="Fictif-64",
        departement__region__code="75",
        departement__region__nom="Ailleurs",
    )
    VersionAideFabrique()
    texte = page.get(f"{BASE}trous/").content.decode()
    assert "hors de la région" in texte
    assert re.search(r"\(ses? \d+ communes? de la région\)", texte)


def test_who_reviews_the_aide_decides_what_a_hole_is(page, region, guichet_region, commune):
    version = VersionAideFabrique()
    autre = PorteurFabrique(version=version, roles=["instructeur"]).organisme
    CompetenceFabrique(guichet=guichet_region)
    assert "Aucun guichet" in page.get(f"{BASE}trous/").content.decode()
    CompetenceFabrique(guichet__organisme=autre)
    assert "un guichet et un seul" in page.get(f"{BASE}trous/").content.decode()


def test_natures_without_an_aide_come_only_when_asked(page, commune):
    VersionAideFabrique()
    assert "l’export" not in page.get(f"{BASE}trous/").content.decode()
    texte = page.get(f"{BASE}trous/", {"nature": "toutes"}).content.decode()
    assert "Aucun guichet pour l’international" in texte
    assert "aucune aide ouverte" in texte


def test_a_tie_names_its_desks_and_the_day_counts(page, region, guichet_region, commune):
    VersionAideFabrique()
    CompetenceFabrique(guichet=guichet_region)
    CompetenceFabrique(guichet__organisme=region, debut="2027-01-01")
    assert "un guichet et un seul" in page.get(f"{BASE}trous/").content.decode()
    texte = page.get(f"{BASE}trous/", {"le": "2027-01-01"}).content.decode()
    assert "Plusieurs guichets pour l’investissement" in texte


def test_a_departement_is_looked_at_alone(page, region, vallee, commune):
    autre = CommuneFabrique(
        epci__nom="Communauté fictive du Plateau",
        departement__code="09",
        departement__nom="Fictif-09",
        departement__region=commune.departement.region,
    )
    VersionAideFabrique()
    ici = {"departement": commune.departement_id}
    noms = [ligne.nom for ligne in page.get(f"{BASE}trous/").context["page"]]
    assert noms == [vallee.nom, autre.epci.nom]
    assert [ligne.nom for ligne in page.get(f"{BASE}trous/", ici).context["page"]] == [vallee.nom]
    CommuneFabrique(epci=vallee, departement=autre.departement)
    texte = page.get(f"{BASE}trous/", ici).content.decode()
    assert "hors du département" in texte
    assert "du département)" in texte
    ailleurs = {"departement": "09", "region": "99"}
    assert page.get(f"{BASE}trous/", ailleurs).status_code == 200


def test_what_is_in_order_comes_when_asked(page, guichet_region, vallee, commune):
    VersionAideFabrique()
    CompetenceFabrique(guichet=guichet_region)
    assert "Rien n’est à revoir." in page.get(f"{BASE}trous/").content.decode()
    texte = page.get(f"{BASE}trous/", {"montrer": "tout"}).content.decode()
    assert vallee.nom in texte
    assert guichet_region.nom in texte
    assert "Ajouter une compétence ici" not in texte


def lien_du_trou(page):
    texte = page.get(f"{BASE}trous/").content.decode()
    return html.unescape(re.search(r'href="(/competences/ajouter/[^"]+)"', texte)[1])


def test_a_hole_leads_to_the_form_that_closes_it(page, guichet_region, vallee, commune):
    VersionAideFabrique(nature="immobilier")
    form = page.get(lien_du_trou(page)).context["form"]
    assert form.initial == {"nature": "immobilier", "perimetre": [f"EPCI-{vallee.siren}"]}
    CompetenceFabrique(
        guichet=guichet_region, nature="immobilier", exclusions=[f"COM-{commune.code}"]
    )
    CommuneFabrique(epci=vallee)
    reponse = page.get(lien_du_trou(page))
    assert reponse.context["form"].initial["perimetre"] == [f"COM-{commune.code}"]
    assert "Valfictif" in reponse.content.decode()


@pytest.mark.parametrize(
    "adresse",
    [
        "nature=poterie&trou=EPCI-200000001",
        "nature=immobilier&trou=EPCI-abc&le=hier",
        "nature=immobilier&trou=EPCI-999999999&le=2026-02-31",
        "trou=%00",
    ],
)
def test_an_address_that_names_no_hole_prefills_no_place(page, adresse):
    reponse = page.get(f"{BASE}ajouter/?{adresse}")
    assert reponse.status_code == 200
    assert not reponse.context["form"].initial.get("perimetre")


def test_the_same_as_a_file(page, vallee, commune):
    VersionAideFabrique(nature="immobilier")
    reponse = page.get(f"{BASE}trous.csv")
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    lignes = [ligne.split(";") for ligne in texte.splitlines()]
    assert lignes[0][:2] == ["code_epci", "intercommunalite"]
    assert [vallee.siren, vallee.nom, "1", "0", "immobilier", "oui", "aucun guichet"] in [
        ligne[:7] for ligne in lignes
    ]


def test_its_queries_are_constant(page, guichet_region, django_assert_num_queries):
    VersionAideFabrique()
    for _ in range(2):
        for _ in range(3):
            CompetenceFabrique(guichet=guichet_region, exclusions=[f"COM-{CommuneFabrique().code}"])
        with django_assert_num_queries(19):
            page.get(f"{BASE}trous/")


# ------------------------------------------------------------------ conventions


CONVENTION = {
    "reference": "Convention fictive nº 1",
    "genre": "delegation",
    "natures": ["immobilier"],
    "debut": "2026-01-01",
    "fin": "2027-12-31",
    "source_libelle": "Recueil fictif",
}


def test_a_giver_writes_a_convention_a_receiver_does_not(region, vallee, guichet_vallee, commune):
    donnees = {
        **CONVENTION,
        "donneurs": [guichet_vallee.organisme.code],
        "receveurs": [region.code],
        "perimetre": [f"EPCI-{vallee.siren}"],
    }
    recoit = connecte(GestionnaireCatalogueFabrique(organisme=region).user)
    refus = recoit.post(f"{BASE}conventions/ajouter/", donnees)
    assert refus.status_code == 422
    assert not Convention.objects.exists()
    donne = connecte(GestionnaireCatalogueFabrique(organisme=guichet_vallee.organisme).user)
    fait = donne.post(f"{BASE}conventions/ajouter/", donnees, follow=True)
    assert "est enregistrée" in fait.content.decode()
    convention = Convention.objects.get()
    adresse = f"{BASE}conventions/{convention.code}/"
    assert recoit.get(adresse).status_code == 200
    assert recoit.get(f"{adresse}modifier/").status_code == 404
    etranger = connecte(GestionnaireCatalogueFabrique().user)
    assert etranger.get(adresse).status_code == 404
    verbe = Evenement.objects.get(objet_type="organismes.convention")
    assert "Convention" not in str(verbe.donnees)


def test_a_competence_does_not_outlast_its_convention(page, convention, guichet_region, vallee):
    CommuneFabrique()
    donnees = {
        **SAISIE,
        "guichet": guichet_region.pk,
        "nature": "immobilier",
        "perimetre": [f"EPCI-{vallee.siren}"],
        "convention": convention.pk,
    }
    for fin in ("", "2028-01-01"):
        reponse = page.post(f"{BASE}ajouter/", {**donnees, "fin": fin})
        assert reponse.status_code == 422
        assert "ne peut pas durer plus longtemps" in reponse.content.decode()
    hors = page.post(f"{BASE}ajouter/", {**donnees, "perimetre": ["REG-76"], "fin": "2027-12-31"})
    assert "ne couvre pas tout ce périmètre" in hors.content.decode()
    assert page.post(f"{BASE}ajouter/", {**donnees, "fin": "2027-12-31"}).status_code == 302


def test_a_convention_that_holds_something_is_not_cut_short(
    administration, convention, guichet_region, vallee
):
    CompetenceFabrique(
        guichet=guichet_region,
        nature="immobilier",
        perimetre=[f"EPCI-{vallee.siren}"],
        debut="2026-02-01",
        fin="2027-06-30",
        convention=convention,
    )
    client = connecte(administration)
    adresse = f"{BASE}conventions/{convention.code}/modifier/"
    texte = client.get(adresse).content.decode()
    assert convention.reference in texte
    donnees = {
        **CONVENTION,
        "donneurs": [o.code for o in convention.donneurs.all()],
        "receveurs": [o.code for o in convention.receveurs.all()],
        "perimetre": [f"EPCI-{vallee.siren}"],
        "revision": convention.revision,
    }
    refus = client.post(adresse, {**donnees, "fin": "2027-01-01"})
    assert refus.status_code == 422
    assert "s’appuient sur cette convention" in refus.content.decode()
    convention.refresh_from_db()
    assert str(convention.fin) == "2027-12-31"
    depasse = client.post(adresse, {**donnees, "revision": 99})
    assert depasse.status_code == 409
    assert client.post(adresse, {**donnees, "fin": "2027-06-30"}).status_code == 302


def test_officers_read_by_which_convention_their_desk_has_a_demande(
    convention, guichet_region, vallee, commune
):
    CompetenceFabrique(
        guichet=guichet_region,
        nature="immobilier",
        perimetre=[f"EPCI-{vallee.siren}"],
        convention=convention,
    )
    demande = DemandeFabrique(
        ouverte=True, guichet=guichet_region, commune=commune, version_aide__nature="immobilier"
    )
    client = connecte(agent_de(guichet_region))
    texte = client.get(f"/instruction/demandes/{demande.identifiant}/").content.decode()
    assert "Pourquoi ce guichet" in texte
    assert convention.reference in texte
    assert vallee.nom in texte


# ------------------------------------------------------------------ closing a desk


def test_closing_a_desk_says_what_opens(competence, guichet_region, vallee, commune):
    VersionAideFabrique()
    DemandeFabrique(en_instruction=True, guichet=guichet_region)
    administre = AdministrateurOrganismeFabrique(organisme=guichet_region.organisme).user
    client = connecte(administre)
    adresse = f"{BASE}guichets/{guichet_region.code}/fermer/"
    texte = client.get(adresse).content.decode()
    assert "Plus aucun guichet pour l’investissement" in texte
    assert vallee.nom in texte
    autre = guichet_epci(vallee, code="autre-vallee")
    assert client.get(f"{BASE}guichets/{autre.code}/fermer/").status_code == 404
    fiche = f"/organisme/{guichet_region.organisme.code}/guichets/{guichet_region.code}/"
    assert adresse in client.get(fiche).content.decode()
    client.post(f"{fiche}etat/", {"action": "fermer"})
    guichet_region.refresh_from_db()
    assert guichet_region.ferme_le is not None
    assert client.get(adresse).status_code == 404


def test_django_s_own_pages_change_no_competence_and_delete_no_held_desk(
    administration, competence, guichet_region
):
    administration.is_superuser = True
    administration.save()
    client = connecte(administration)
    adresse = f"/administration/organismes/guichet/{guichet_region.pk}/"
    texte = client.get(f"{adresse}change/").content.decode()
    assert 'name="competences-0-nature"' not in texte
    reponse = client.post(f"{adresse}delete/", {"post": "yes"}, follow=True)
    assert "il a 1 compétence" in reponse.content.decode()
    assert Competence.objects.filter(pk=competence.pk).exists()


def test_a_day_far_away_is_no_error(page, commune):
    VersionAideFabrique()
    demain = timezone.localdate() + timedelta(days=36500)
    assert page.get(f"{BASE}trous/", {"le": demain.isoformat()}).status_code == 200
    assert page.get(f"{BASE}trous/", {"le": "n’importe quoi", "region": "99"}).status_code == 200
