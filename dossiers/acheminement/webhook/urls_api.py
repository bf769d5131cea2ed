from django.urls import path

from dossiers.acheminement.webhook import api

urlpatterns = [
    path("accuses/<slug:guichet>/", api.Accuses.as_view(), name="api-accuses"),
    path("pieces/<str:jeton>/", api.piece, name="api-piece-remise"),
]
