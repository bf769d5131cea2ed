"""The catalogue, its versions, and what goes from a draft to the companies."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aides.edition import actes
from aides.edition.operations import Champs
from aides.models import Aide, BrouillonAide, Publication
from dossiers.rapprochement.actes_projection import reprojeter
from dossiers.rapprochement.models import RechercheInverse
from tests.aides.exemples import catalogue, exemple
from tests.fabriques import (
    FAITS,
    CommuneFabrique,
    DossierFabrique,
    EpciFabrique,
    GestionnaireCatalogueFabrique,
    PorteurFabrique,
    UserFabrique,
    VersionAideFabrique,
    VersionDossierFabrique,
    declare,
)

pytestmark = pytest.mark.django_db
CODE = "fictive-ateliers"


def importer(client, octets: bytes, organisme):
    fichier = SimpleUploadedFile("aides.json", octets)
    donnees = {"fichier": fichier, "organisme": organisme.pk}
    return client.post("/mon-catalogue/importer/", donnees)


# ------------------------------------------------------------------ the list


def test_drafts_come_first_and_the_search_keeps_the_address(client_gestionnaire, brouillon, vierge):
    page = client_gestionnaire.get("/mon-catalogue/").content.decode()
    assert page.index("Brouillons") < page.index("Aides publiées")
    assert "un brouillon en cours" in page
    assert "source relue le" in page
    page = client_gestionnaire.get("/mon-catalogue/?q=velo").content.decode()
    assert "Prime fictive aux ateliers" not in page
    assert client_gestionnaire.get("/mon-catalogue/?q=ateliers&page=99").status_code == 200


def test_an_empty_catalogue_says_how_to_begin(client_gestionnaire):
    page = client_gestionnaire.get("/mon-catalogue/").content.decode()
    assert "Aucune aide pour l’instant" in page


def test_it_opens_only_for_who_keeps_a_catalogue(client, client_gestionnaire, publiee):
    for suite in ("", "nouvelle/", "importer/", "choix/lieux/"):
        assert client.get(f"/mon-catalogue/{suite}").status_code == 302
    client.force_login(UserFabrique())
    for suite in ("", "nouvelle/", "importer/", "choix/lieux/", f"aides/{CODE}/"):
        assert client.get(f"/mon-catalogue/{suite}").status_code == 404
    assert "Mon catalogue" not in client.get("/notifications/").content.decode()
    assert "Mon catalogue" in client_gestionnaire.get("/notifications/").content.decode()


def test_the_list_asks_the_same_queries_however_long(
    client_gestionnaire, region, django_assert_max_num_queries
):
    def publier(nombre: int) -> None:
        for _ in range(nombre):
            version = VersionAideFabrique(description="Fictive.", formes=["subvention"])
            PorteurFabrique(version=version, organisme=region)

    publier(2)
    with django_assert_max_num_queries(32) as peu:
        client_gestionnaire.get("/mon-catalogue/")
    publier(9)
    with django_assert_max_num_queries(len(peu)):
        client_gestionnaire.get("/mon-catalogue/")


def test_the_tree_asks_the_same_queries_however_large(
    client_gestionnaire, brouillon, gestionnaire, django_assert_max_num_queries
):
    page = f"/mon-catalogue/brouillons/{brouillon.pk}/conditions/"
    with django_assert_max_num_queries(32) as peu:
        client_gestionnaire.get(page)
    criteres = brouillon.document["criteres"]
    grand = {"type": "tous", "criteres": [*criteres["criteres"], criteres]}
    BrouillonAide.objects.filter(pk=brouillon.pk).update(
        document={**brouillon.document, "criteres": grand}
    )
    with django_assert_max_num_queries(len(peu)):
        client_gestionnaire.get(page)


# ------------------------------------------------------------------ files


def test_a_version_exported_comes_back_the_same(client_gestionnaire, publiee, region):
    reponse = client_gestionnaire.get(f"/mon-catalogue/aides/{CODE}/versions/1.json")
    octets = b"".join(reponse.streaming_content)
    assert "attachment" in reponse["Content-Disposition"]
    assert importer(client_gestionnaire, octets, region).status_code == 302
    brouillon = BrouillonAide.objects.get()
    assert brouillon.document == json.loads(octets)["aides"][0]
    assert Publication.objects.count() == Aide.objects.count()
    export = client_gestionnaire.get(f"/mon-catalogue/brouillons/{brouillon.pk}/export.json")
    assert b"".join(export.streaming_content) == octets


@pytest.mark.parametrize(
    ("octets", "dit"),
    [
        (b"{", "JSON mal form"),
        (b'{"format": "autre", "version": 1, "aides": []}', "format"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_file_that_does_not_read_stores_nothing(client_gestionnaire, region, octets, dit):
    reponse = importer(client_gestionnaire, octets, region)
    assert reponse.status_code == 422
    assert dit in reponse.content.decode()
    assert not BrouillonAide.objects.exists()


def test_a_fault_of_a_file_is_said_with_its_path(client_gestionnaire, region):
    aide = exemple()["aides"][0]
    aide["criteres"]["criteres"][0]["fait"] = "inconnu"
    page = importer(client_gestionnaire, catalogue(aide), region).content.decode()
    assert "criteres/criteres/0/fait" in page
    assert not BrouillonAide.objects.exists()


# ------------------------------------------------------------------ versions


def test_any_two_versions_are_compared_in_french(client_gestionnaire, brouillon, publiee):
    actes.modifier_brouillon(
        brouillon=brouillon,
        operation=Champs({"promesse": "Une autre promesse"}),
        revision=1,
        par=brouillon.auteur,
    )
    page = f"/mon-catalogue/aides/{CODE}/differences/"
    dite = client_gestionnaire.get(page, {"de": "1", "a": "brouillon"}).content.decode()
    assert "<ins>Une autre promesse</ins>" in dite
    egales = client_gestionnaire.get(page, {"de": "1", "a": "1"}).content.decode()
    assert "Rien ne change" in egales
    for faux in ("99", "x", ""):
        assert client_gestionnaire.get(page, {"de": "1", "a": faux}).status_code == 404


def test_an_aide_of_others_has_no_page_here(client_gestionnaire, publiee):
    autre = VersionAideFabrique()
    for suite in ("", "clore/", "differences/?de=1&a=1", "versions/1.json"):
        adresse = f"/mon-catalogue/aides/{autre.aide.code}/{suite}"
        assert client_gestionnaire.get(adresse).status_code == 404
    adresse = f"/mon-catalogue/aides/{autre.aide.code}/modifier/"
    assert client_gestionnaire.post(adresse).status_code == 404
    assert not BrouillonAide.objects.exists()


def test_modifying_an_aide_opens_the_draft_that_waits(client_gestionnaire, publiee):
    adresse = f"/mon-catalogue/aides/{CODE}/modifier/"
    premiere = client_gestionnaire.post(adresse)
    assert client_gestionnaire.post(adresse).url == premiere.url
    assert BrouillonAide.objects.count() == 1
    assert client_gestionnaire.get(adresse).status_code == 405


# ------------------------------------------------------------------ rehearse, publish


@pytest.fixture
def pret(publiee, brouillon, gestionnaire):
    """A draft for companies of 200 jobs at least: two deposited dossiers would lose by it."""
    critere = {
        "type": "comparaison", "fait": "effectif", "operateur": "<", "valeur": "100",
        "source": "reglement",
    }  # fmt: skip
    source = {"libelle": "Règlement fictif", "date": "2026-01-05"}
    document = {
        **brouillon.document,
        "sources": {"reglement": source},
        "criteres": {"type": "tous", "criteres": [critere]},
        "montants": [{"forme": "subvention", "taux": "0.20", "source": "reglement"}],
    }
    publier_document(brouillon, document)
    nouveau = actes.creer_brouillon(aide=publiee, par=gestionnaire)
    nouveau.document["criteres"]["criteres"][0]["valeur"] = "10"
    nouveau.save()
    commune = CommuneFabrique(epci=EpciFabrique(nom="Communauté fictive de la Vallée"))
    faits = FAITS | {"commune_projet": commune.code}
    for _ in range(2):
        dossier = DossierFabrique(
            depose=True, faits={code: declare(valeur) for code, valeur in faits.items()}
        )
        VersionDossierFabrique(dossier=dossier)
    for _ in reprojeter():
        pass
    return nouveau


def publier_document(brouillon, document) -> None:
    brouillon.document = document
    brouillon.save()
    actes.publier_brouillon(
        brouillon=brouillon, revision=brouillon.revision, version_vue=1, par=brouillon.auteur
    )


def test_the_rehearsal_shows_who_loses_and_writes_nothing(client_gestionnaire, pret):
    avant = Publication.objects.count()
    page = client_gestionnaire.get(f"/mon-catalogue/brouillons/{pret.pk}/repeter/")
    dit = page.content.decode()
    assert page.context["repetition"].total.perdus.dossiers == 2
    assert "Communauté fictive de la Vallée" in dit
    assert "Avec ce brouillon" in dit
    assert 'class="preuve"' in dit
    assert "<del>" in dit
    assert Publication.objects.count() == avant


def test_publishing_from_the_rehearsal_leads_to_its_effects(client_gestionnaire, pret, publiee):
    adresse = f"/mon-catalogue/brouillons/{pret.pk}/repeter/"
    reponse = client_gestionnaire.post(adresse, {"revision": pret.revision, "version_vue": 2})
    publiee.refresh_from_db()
    assert publiee.version.numero == 3
    publication = Publication.objects.get(apres=publiee.version)
    assert reponse.url == f"/mon-catalogue/publications/{publication.pk}/"
    assert not BrouillonAide.objects.exists()
    suivi = client_gestionnaire.get(reponse.url).content.decode()
    assert "va commencer" in suivi
    assert "hx-get" in suivi
    etranger = GestionnaireCatalogueFabrique().user
    client_gestionnaire.force_login(etranger)
    assert client_gestionnaire.get(reponse.url).status_code == 404


def test_the_progress_of_the_search_is_shown(client_gestionnaire, publiee):
    publication = Publication.objects.get(aide=publiee)
    recherche = RechercheInverse.objects.create(publication=publication, total=200, examines=50)
    page = client_gestionnaire.get(f"/mon-catalogue/publications/{publication.pk}/")
    assert 'value="25"' in page.content.decode()
    quand = publication.le
    recherche.comparee_le = recherche.terminee_le = quand
    recherche.prochaine_tentative = None
    recherche.save()
    page = client_gestionnaire.get(f"/mon-catalogue/publications/{publication.pk}/")
    assert "Y gagnent" in page.content.decode()
    assert "hx-get" not in page.content.decode()


def test_a_version_published_meanwhile_is_said(client_gestionnaire, pret):
    adresse = f"/mon-catalogue/brouillons/{pret.pk}/repeter/"
    reponse = client_gestionnaire.post(adresse, {"revision": pret.revision, "version_vue": 1})
    assert reponse.status_code == 409
    assert "a été publiée entre-temps" in reponse.content.decode()
    reponse = client_gestionnaire.post(adresse, {"revision": 99, "version_vue": 2})
    assert reponse.status_code == 409
    assert BrouillonAide.objects.filter(pk=pret.pk).exists()


def test_what_is_unfinished_cannot_be_published_and_leads_to_its_page(client_gestionnaire, vierge):
    adresse = f"/mon-catalogue/brouillons/{vierge.pk}/repeter/"
    page = client_gestionnaire.get(adresse).content.decode()
    assert "Avant de publier, il reste" in page
    assert f'href="/mon-catalogue/brouillons/{vierge.pk}/conditions/#n-criteres"' in page
    assert "Publier cette aide" not in page
    reponse = client_gestionnaire.post(adresse, {"revision": 1, "version_vue": 0})
    assert reponse.status_code == 422
    assert not Aide.objects.filter(code=vierge.code).exists()


def test_closing_says_who_loses_and_asks_why(client_gestionnaire, pret, publiee):
    adresse = f"/mon-catalogue/aides/{CODE}/clore/"
    page = client_gestionnaire.get(adresse)
    assert page.context["repetition"].total.perdus.dossiers == 2
    assert client_gestionnaire.post(adresse, {"version_vue": 2}).status_code == 422
    envoi = {"version_vue": 2, "motif": "Enveloppe consommée"}
    assert client_gestionnaire.post(adresse, envoi).status_code == 302
    publiee.refresh_from_db()
    assert publiee.version.statut == "close"
    assert "déjà close" in client_gestionnaire.get(adresse).content.decode()
