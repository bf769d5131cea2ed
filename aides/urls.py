from django.urls import path

from aides.views import fiche, liste

app_name = "catalogue"
urlpatterns = [
    path("", liste.liste, name="liste"),
    path("suggestions/lieux/", liste.lieux, name="lieux"),
    path("<slug:code>/", fiche.aide, name="aide"),
    path("<slug:code>/versions/<int:numero>/", fiche.version, name="version"),
]
