from django.urls import path

from aides.api.views import FicheAide, ListeAides

urlpatterns = [
    path("aides/", ListeAides.as_view(), name="api-aides"),
    path("aides/<slug:reference>/", FicheAide.as_view(), name="api-aide"),
]
