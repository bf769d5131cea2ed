"""What machines read, without an account."""

from django.urls import path

from dossiers.acheminement.bureau.views import machines

urlpatterns = [
    path("metrics", machines.metriques, name="metriques"),
    path("sante/", machines.vivant, name="sante"),
    path("sante/pret/", machines.pret, name="sante-pret"),
]
