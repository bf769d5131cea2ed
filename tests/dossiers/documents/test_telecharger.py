"""Who gets a document, how, and where it is shown."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import Document
from tests.dossiers.documents.outils import accuse, guichet, produit
from tests.fabriques import (
    AcheminementFabrique,
    DemandeFabrique,
    EpciFabrique,
    MembreFabrique,
    UserFabrique,
    VersionDossierFabrique,
    agent_de,
    guichet_epci,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> Document:
    document = accuse()
    AcheminementFabrique(demande=document.demande, accuse=True)
    return produit(document)


def membre(document, **champs):
    return MembreFabrique(entreprise=document.demande.dossier.entreprise, **champs).user


def agent_du_territoire(document):
    return agent_de(guichet_epci(document.demande.commune.epci))


PERSONNES = {
    "a member": (membre, 200),
    "an officer of the desk": (lambda d: agent_de(d.guichet), 200),
    "an officer of the territory": (agent_du_territoire, 200),
    "an administrator": (lambda d: UserFabrique(administration=True), 200),
    "a claimant": (lambda d: membre(d, etat="en_attente"), 404),
    "another company": (lambda d: MembreFabrique().user, 404),
    "an officer of another desk": (lambda d: agent_de(guichet(nom="Autre")), 404),
    "an officer of another territory": (
        lambda d: agent_de(guichet_epci(EpciFabrique())),
        404,
    ),
    "nobody in particular": (lambda d: UserFabrique(), 404),
}


@pytest.mark.parametrize("qui", PERSONNES)
def test_those_who_see_the_demande_get_its_documents(client, document, qui):
    creer, statut = PERSONNES[qui]
    client.force_login(creer(document))
    fichier = client.get(reverse("documents:telecharger", args=[document.identifiant]))
    liste = client.get(reverse("documents:liste", args=[document.demande.identifiant]))
    fichier.close()
    assert (fichier.status_code, liste.status_code) == (statut, statut)


def test_a_stranger_signs_in_first(client, document):
    adresse = reverse("documents:telecharger", args=[document.identifiant])
    assert client.get(adresse).headers["location"].startswith("/comptes/login/?next=")
    assert client.post(adresse).status_code == 405


def test_the_file_is_saved_under_its_name_and_kept_nowhere(client, document):
    client.force_login(membre(document))
    reponse = client.get(reverse("documents:telecharger", args=[document.identifiant]))
    assert reponse.headers["content-type"] == "application/pdf"
    assert reponse.headers["content-disposition"] == (
        f'attachment; filename="accuse-de-reception-{document.reference}.pdf"'
    )
    assert "no-store" in reponse.headers["cache-control"]
    assert "private" in reponse.headers["cache-control"]
    assert reponse.headers["x-content-type-options"] == "nosniff"
    assert b"".join(reponse.streaming_content).startswith(b"%PDF-1.7")


def test_what_is_not_written_yet_does_not_exist(client, document):
    attend = Document.objects.create(
        demande=document.demande, guichet=document.guichet, genre="decision"
    )
    client.force_login(membre(document))
    for identifiant in (attend.identifiant, uuid.uuid4()):
        assert client.get(reverse("documents:telecharger", args=[identifiant])).status_code == 404


# ------------------------------------------------------------------ the pages


def test_the_company_finds_it_on_its_follow_up(client, document):
    client.force_login(membre(document))
    page = client.get(reverse("depot:suivi", args=[document.demande.dossier.identifiant]))
    texte = page.content.decode()
    assert reverse("documents:telecharger", args=[document.identifiant]) in texte
    assert f"(PDF, {document.poids})" in texte
    assert "Accusé de réception émis par Guichet fictif des entreprises" in texte


def test_the_officer_finds_it_on_the_demande(client, document):
    client.force_login(agent_de(document.guichet))
    page = client.get(reverse("instruction:demande", args=[document.demande.identifiant]))
    assert reverse("documents:telecharger", args=[document.identifiant]) in page.content.decode()


def test_while_it_is_prepared_the_list_looks_again(client):
    document = accuse()
    liste = reverse("documents:liste", args=[document.demande.identifiant])
    client.force_login(membre(document))
    texte = client.get(liste).content.decode()
    assert "en préparation" in texte
    assert f'hx-get="{liste}"' in texte
    # A failure is tried again much later: the page does not insist.
    Document.objects.update(tentatives=2)
    texte = client.get(liste).content.decode()
    assert "en préparation" in texte
    assert "hx-get" not in texte
    Document.objects.update(tentatives=0)
    produit(document)
    texte = client.get(liste).content.decode()
    assert "en préparation" not in texte
    assert "hx-get" not in texte


def test_before_a_desk_has_it_the_list_says_what_will_come(client):
    demande = DemandeFabrique()
    client.force_login(MembreFabrique(entreprise=demande.dossier.entreprise).user)
    texte = client.get(reverse("documents:liste", args=[demande.identifiant])).content.decode()
    assert "dès que le guichet aura reçu la demande" in texte


def test_the_follow_up_costs_the_same_queries_whatever_the_documents(client):
    version, bureau = VersionDossierFabrique(), guichet()
    client.force_login(MembreFabrique(entreprise=version.dossier.entreprise).user)
    adresse = reverse("depot:suivi", args=[version.dossier.identifiant])

    def requetes(nombre: int) -> int:
        for _ in range(nombre):
            demande = DemandeFabrique(remise=True, version_dossier=version, guichet=bureau)
            for genre in ("accuse", "decision"):
                Document.objects.create(demande=demande, guichet=bureau, genre=genre)
        with CaptureQueriesContext(
            connection,
        ) as capture:
            assert client.get(adresse).status_code == 200
        return len(capture)

    requetes(1)
    assert requetes(1) == requetes(4)
