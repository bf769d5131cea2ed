from django.urls import path

from aides.api.views import FicheAide, ListeAides, VocabulaireDesFaits

urlpatterns = [
    path("faits/", VocabulaireDesFaits.as_view(), name="api-faits"),
    path("aides/", ListeAides.as_view(), name="api-aides"),
    path("aides/<slug:reference>/", FicheAide.as_view(), name="api-aide"),
]
