from django.urls import path
from oauth2_provider.views import RevokeTokenView, TokenView

from dossiers.depot.api.preuves import ContenuDepot, RecuDepot
from dossiers.depot.api.views import Depot, Depots

urlpatterns = [
    path("depots/", Depots.as_view(), name="api-depots"),
    path("depots/<uuid:identifiant>/", Depot.as_view(), name="api-depot"),
    path(
        "depots/<uuid:identifiant>/versions/<int:numero>/recu/",
        RecuDepot.as_view(),
        name="api-recu",
    ),
    path(
        "depots/<uuid:identifiant>/versions/<int:numero>/contenu/",
        ContenuDepot.as_view(),
        name="api-contenu",
    ),
    path("oauth/jeton/", TokenView.as_view(), name="api-jeton"),
    path("oauth/revocation/", RevokeTokenView.as_view(), name="api-revocation"),
]
