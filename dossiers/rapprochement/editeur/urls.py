from django.urls import path

from dossiers.rapprochement.editeur.views import (
    catalogue,
    choix,
    condition,
    conditions,
    fiche,
    montants,
    publication,
    sources,
    versions,
)

app_name = "editeur"
BROUILLON = "brouillons/<int:pk>/"

urlpatterns = [
    path("", catalogue.liste, name="liste"),
    path("nouvelle/", catalogue.nouvelle, name="nouvelle"),
    path("importer/", catalogue.importer, name="importer"),
    path("choix/<slug:genre>/", choix.chercher, name="choix"),
    path("aides/<slug:code>/", versions.aide, name="aide"),
    path("aides/<slug:code>/modifier/", catalogue.modifier, name="modifier"),
    path("aides/<slug:code>/clore/", publication.clore, name="clore"),
    path("aides/<slug:code>/differences/", versions.differences, name="differences"),
    path("aides/<slug:code>/versions/<int:numero>.json", versions.exporter, name="exporter"),
    path("publications/<int:pk>/", publication.suivi, name="suivi"),
    path(BROUILLON, fiche.fiche, name="fiche"),
    path(f"{BROUILLON}cadre/", fiche.cadre, name="cadre"),
    path(f"{BROUILLON}conditions/", conditions.arbre, name="conditions"),
    path(f"{BROUILLON}conditions/choisir/", condition.choisir, name="choisir"),
    path(f"{BROUILLON}conditions/nouvelle/<slug:genre>/", condition.nouvelle, name="condition"),
    path(f"{BROUILLON}conditions/modifier/", condition.changer, name="changer"),
    path(f"{BROUILLON}montants/", montants.liste, name="montants"),
    path(f"{BROUILLON}montants/nouveau/", montants.montant, name="montant"),
    path(f"{BROUILLON}montants/<int:rang>/", montants.montant, name="montant"),
    path(f"{BROUILLON}sources/", sources.liste, name="sources"),
    path(f"{BROUILLON}sources/nouvelle/", sources.source, name="source"),
    path(f"{BROUILLON}sources/<str:cle>/", sources.source, name="source"),
    path(f"{BROUILLON}export.json", versions.exporter_brouillon, name="exporter-brouillon"),
    path(f"{BROUILLON}nombre/", publication.nombre, name="nombre"),
    path(f"{BROUILLON}abandonner/", fiche.abandonner, name="abandonner"),
    path(f"{BROUILLON}repeter/", publication.repeter, name="repeter"),
]
