from django.urls import path

from dossiers.rapprochement.api.views import Simulations

urlpatterns = [path("simulations/", Simulations.as_view(), name="api-simulations")]
