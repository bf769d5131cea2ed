from django.urls import path

from dossiers.documents import views

app_name = "documents"

urlpatterns = [
    path("documents/<uuid:identifiant>.pdf", views.telecharger, name="telecharger"),
    path("demandes/<uuid:identifiant>/documents/", views.liste, name="liste"),
]
