from django.urls import path

from dossiers.recus import views

app_name = "recus"

urlpatterns = [
    path(".well-known/jwks.json", views.cles, name="cles"),
    path("recus/verifier/", views.verifier, name="verifier"),
    path("dossiers/<uuid:identifiant>/recus/<int:numero>.jws", views.telecharger, name="recu"),
    path("dossiers/<uuid:identifiant>/recus/<int:numero>.json", views.contenu, name="contenu"),
]
