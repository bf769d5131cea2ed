from django.urls import path, register_converter

from aides.criteres.faits import Section
from dossiers.depot import urls_pieces, urls_suites
from dossiers.depot.urls_comptes import ADRESSES
from dossiers.depot.views import accueil, brouillon, depots, mes_dossiers, resultats, simulation


class ConvertisseurSection:
    """A section of the form in an address."""

    regex = "|".join(Section)

    def to_python(self, value: str) -> Section:
        return Section(value)

    def to_url(self, value: str) -> str:
        return Section(value).value


register_converter(ConvertisseurSection, "section")

app_name = "depot"
urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("simulation/", simulation.simulation, name="simulation"),
    path("simulation/direct/", simulation.direct, name="simulation_directe"),
    path("simulation/garder/", simulation.garder, name="garder"),
    path("simulation/aides/", simulation.aides_simulees, name="aides_simulees"),
    path("simulation/manques/", simulation.manques_simules, name="manques_simules"),
    path("simulation/aides/<slug:code>/", simulation.aide_simulee, name="aide_simulee"),
    *ADRESSES,
    path("dossiers/", mes_dossiers.liste, name="liste"),
    path("dossiers/nouveau/", mes_dossiers.nouveau, name="nouveau"),
    path("dossiers/adhesion-en-attente/", mes_dossiers.en_attente, name="en_attente"),
    path("dossiers/adhesions/<int:pk>/", mes_dossiers.adhesion, name="adhesion"),
    path("dossiers/suggestions/<slug:code>/", brouillon.suggestions, name="suggestions"),
    path("dossiers/<uuid:identifiant>/", brouillon.sommaire, name="dossier"),
    path("dossiers/<uuid:identifiant>/aides/", resultats.aides, name="aides"),
    path("dossiers/<uuid:identifiant>/aides/<slug:code>/", resultats.aide, name="aide"),
    path("dossiers/<uuid:identifiant>/manques/", resultats.manques_du_dossier, name="manques"),
    *urls_pieces.ADRESSES,
    *urls_suites.ADRESSES,
    path("dossiers/<uuid:identifiant>/verifier/", depots.verifier, name="verifier"),
    path("dossiers/<uuid:identifiant>/suivi/", depots.suivi, name="suivi"),
    path(
        "dossiers/<uuid:identifiant>/reponses/",
        depots.reponses_deposees,
        name="reponses_deposees",
    ),
    path("dossiers/<uuid:identifiant>/<section:section>/", brouillon.section, name="section"),
]
