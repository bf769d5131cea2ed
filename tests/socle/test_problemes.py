import pytest
from django.http import Http404
from django.test import override_settings
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView


class Ligne(serializers.Serializer):
    montant = serializers.DecimalField(max_digits=8, decimal_places=2)


class Demande(serializers.Serializer):
    nom = serializers.CharField()
    lignes = Ligne(many=True)


class Essai(APIView):
    permission_classes = ()

    def get(self, request, quoi):
        raise {
            "absent": Http404(),
            "lent": exceptions.Throttled(wait=12),
            "bug": RuntimeError("bug"),
        }[quoi]

    def post(self, request, quoi):
        demande = Demande(data=request.data)
        demande.is_valid(raise_exception=True)
        return Response()


urlpatterns = [path("api/v1/essai/<quoi>/", Essai.as_view())]
handler404 = "portal.socle.problemes.page_introuvable"
handler500 = "portal.socle.problemes.erreur_interne"


@pytest.fixture
def client():
    with override_settings(ROOT_URLCONF=__name__):
        yield APIClient(raise_request_exception=False)


@pytest.mark.parametrize(
    ("adresse", "status", "titre"),
    [
        ("/api/v1/essai/absent/", 404, "Introuvable"),
        ("/api/v1/nulle-part/", 404, "Introuvable"),
        ("/api/v1/essai/lent/", 429, "Trop de requêtes"),
        ("/api/v1/essai/bug/", 500, "Erreur interne"),
    ],
)
def test_every_error_is_a_problem_document(client, adresse, status, titre):
    reponse = client.get(adresse)
    assert reponse.status_code == status
    assert reponse["Content-Type"] == "application/problem+json"
    corps = reponse.json()
    assert (corps["title"], corps["status"], corps["instance"]) == (titre, status, adresse)
    assert corps["detail"]
    assert corps["type"] == "about:blank"


def test_the_apostrophes_are_those_of_the_pages(client):
    detail = client.get("/api/v1/nulle-part/").json()["detail"]
    assert detail == "Il n’y a rien à cette adresse."


def test_a_bug_does_not_leak_its_message(client):
    assert "bug" not in client.get("/api/v1/essai/bug/").json()["detail"]


def test_throttling_says_when_to_come_back(client):
    assert client.get("/api/v1/essai/lent/")["Retry-After"] == "12"


def test_wrong_method_and_wrong_media_type(client):
    assert client.put("/api/v1/essai/x/", {}).json()["title"] == "Méthode non autorisée"
    reponse = client.post("/api/v1/essai/x/", b"a;b", content_type="text/csv")
    assert (reponse.status_code, reponse.json()["status"]) == (415, 415)


def test_unreadable_json(client):
    reponse = client.post("/api/v1/essai/x/", b"{", content_type="application/json")
    assert (reponse.status_code, reponse.json()["title"]) == (400, "Requête invalide")


def test_validation_names_each_field(client):
    reponse = client.post("/api/v1/essai/x/", {"lignes": [{"montant": "1"}, {"montant": "x"}]})
    corps = reponse.json()
    assert corps["type"] == "urn:portail:probleme:validation"
    assert {erreur["champ"] for erreur in corps["erreurs"]} == {"nom", "lignes[1].montant"}
    assert all(erreur["message"] for erreur in corps["erreurs"])


@override_settings(ROOT_URLCONF="portal.urls")
def test_an_ordinary_page_keeps_its_html_error(client):
    assert "html" in client.get("/nulle-part/")["Content-Type"]


def test_a_body_that_django_refuses_to_hold_is_too_large(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    reponse = client.post("/api/v1/essai/x/", {"nom": "a" * 200})
    assert (reponse.status_code, reponse["Content-Type"]) == (413, "application/problem+json")
    assert reponse.json()["title"] == "Requête trop volumineuse"
