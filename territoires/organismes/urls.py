from django.urls import path

from territoires.organismes.views import guichets, organismes

app_name = "organismes"
urlpatterns = [
    path("", organismes.liste, name="liste"),
    path("invitation/<str:jeton>/", organismes.invitation, name="invitation"),
    path("<slug:code>/", organismes.organisme, name="organisme"),
    path("<slug:code>/inviter/", organismes.inviter, name="inviter"),
    path(
        "<slug:code>/invitations/<int:pk>/",
        organismes.invitation_envoyee,
        name="invitation_envoyee",
    ),
    path("<slug:code>/administrateurs/<int:pk>/", organismes.administrateur, name="administrateur"),
    path("<slug:code>/catalogue/<int:pk>/", organismes.gestionnaire, name="gestionnaire"),
    path("<slug:code>/agents/<int:pk>/", guichets.agent, name="agent"),
    path("<slug:code>/guichets/nouveau/", guichets.nouveau, name="nouveau_guichet"),
    path("<slug:code>/guichets/<slug:guichet>/", guichets.guichet, name="guichet"),
    path("<slug:code>/guichets/<slug:guichet>/etat/", guichets.etat, name="etat_guichet"),
]
