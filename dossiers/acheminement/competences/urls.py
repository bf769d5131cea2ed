from django.urls import path

from dossiers.acheminement.competences.views import changement, competences, conventions, trous

app_name = "competences"
urlpatterns = [
    path("", competences.liste, name="liste"),
    path("ajouter/", competences.ajouter, name="ajouter"),
    path("<int:pk>/", competences.detail, name="competence"),
    path("<int:pk>/modifier/", competences.modifier, name="modifier"),
    path("<int:pk>/terminer/", competences.terminer, name="terminer"),
    path("<int:pk>/supprimer/", competences.supprimer, name="supprimer"),
    path("changement/", changement.changement, name="changement"),
    path("changement/retirer/<int:rang>/", changement.retirer, name="retirer"),
    path("changement/abandonner/", changement.abandonner, name="abandonner"),
    path("trous/", trous.trous, name="trous"),
    path("trous.csv", trous.exporter, name="trous-csv"),
    path("conventions/", conventions.liste, name="conventions"),
    path("conventions/ajouter/", conventions.ajouter, name="convention-ajouter"),
    path("conventions/<slug:code>/", conventions.detail, name="convention"),
    path("conventions/<slug:code>/modifier/", conventions.modifier, name="convention-modifier"),
    path("guichets/<slug:code>/fermer/", trous.fermer, name="fermer"),
]
