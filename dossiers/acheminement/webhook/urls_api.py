from django.urls import path

from dossiers.acheminement.webhook import api, documentation

urlpatterns = [
    path("accuses/<slug:guichet>/", api.Accuses.as_view(), name="api-accuses"),
    path("pieces/<str:jeton>/", api.piece, name="api-piece-remise"),
    path("docs/webhooks/", documentation.document, name="documentation-webhooks"),
    path(
        "docs/webhooks/schemas/<slug:nom>.json", documentation.schema_publie, name="schema-publie"
    ),
]
