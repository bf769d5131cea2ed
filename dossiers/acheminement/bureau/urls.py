from django.urls import path

from dossiers.acheminement.bureau.views import files, rejeu, tableau

app_name = "bureau"

urlpatterns = [
    path("", tableau.tableau, name="tableau"),
    path("quarantaine/", files.quarantaine, name="quarantaine"),
    path("taches/", files.taches, name="taches"),
    path("taches/<int:pk>/", files.tache, name="tache"),
    path("rejouer/", rejeu.rejouer, name="rejouer"),
    path("guichets/<slug:code>/", tableau.guichet, name="guichet"),
    path("guichets/<slug:code>/disjoncteur/", rejeu.disjoncteur, name="disjoncteur"),
]
