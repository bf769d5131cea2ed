from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from aides.views import plan
from portal.socle import accessibilite, apparence, galerie, guides
from portal.socle.documentation import DocumentOpenApi

# One way in for everybody: rate limits and the second factor count there too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path(settings.CHEMIN_ADMINISTRATION, admin.site.urls),
    path("comptes/", include("allauth.urls")),
    path("accessibilite/", accessibilite.declaration, name="accessibilite"),
    path("apparence/", apparence.choisir, name="apparence"),
    path("composants/", galerie.composants, name="composants"),
    path("guides/", guides.liste, name="guides"),
    path("guides/<slug:nom>/", guides.guide, name="guide"),
    path("organisme/", include("dossiers.acheminement.webhook.urls")),
    path("organisme/", include("territoires.organismes.urls")),
    path("accuses/", include("dossiers.acheminement.courriels.urls")),
    path("territoires/", include("territoires.urls")),
    path("aides/", include("aides.urls")),
    path("mon-catalogue/", include("dossiers.rapprochement.editeur.urls")),
    path("competences/", include("dossiers.acheminement.competences.urls")),
    path("sitemap.xml", plan.plan, name="plan"),
    path("robots.txt", plan.robots, name="robots"),
    path("", include("dossiers.depot.urls")),
    path("", include("dossiers.instruction.urls")),
    path("bureau/", include("dossiers.acheminement.bureau.urls")),
    path("", include("dossiers.acheminement.bureau.urls_machines")),
    path("notifications/", include("dossiers.urls")),
    path("", include("dossiers.documents.urls")),
    path("", include("dossiers.recus.urls")),
    path("pieces/", include("dossiers.pieces.urls")),
    path("api/v1/", include("aides.api.urls")),
    path("api/v1/", include("dossiers.depot.api.urls")),
    path("api/v1/", include("dossiers.rapprochement.api.urls")),
    path("api/v1/", include("dossiers.acheminement.webhook.urls_api")),
    path("api/v1/schema/", DocumentOpenApi.as_view(), name="schema"),
    path(
        "api/v1/docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="schema", template_name="aides/documentation_api.html"
        ),
        name="documentation-api",
    ),
]

handler400 = "portal.socle.problemes.requete_invalide"
handler403 = "portal.socle.problemes.acces_refuse"
handler404 = "portal.socle.problemes.page_introuvable"
handler500 = "portal.socle.problemes.erreur_interne"
