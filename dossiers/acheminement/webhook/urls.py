from django.urls import path

from dossiers.acheminement.webhook import views

app_name = "connexions"

urlpatterns = [
    path("<slug:code>/guichets/<slug:guichet>/connexion/", views.connexion, name="connexion"),
]
