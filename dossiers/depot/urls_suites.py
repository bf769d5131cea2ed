"""The addresses of what follows the deposit."""

from django.urls import path

from dossiers.depot.views import ajout, suites

ADRESSES = [
    path("dossiers/<uuid:identifiant>/ajouter/<slug:code>/", ajout.ajouter, name="ajouter"),
    path("dossiers/<uuid:identifiant>/alerte/", ajout.alerte, name="alerte"),
    path("dossiers/<uuid:identifiant>/a-faire/", suites.a_faire, name="a_faire"),
    path("demandes/<uuid:identifiant>/echanges/", suites.echanges, name="echanges"),
    path("demandes/<uuid:identifiant>/echanges/lus/", suites.messages_lus, name="messages_lus"),
    path("demandes/<uuid:identifiant>/retirer/", suites.retrait, name="retirer"),
]
