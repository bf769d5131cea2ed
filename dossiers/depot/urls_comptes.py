"""Addresses of accounts and companies."""

from django.urls import path

from dossiers.depot.views import compte, entreprises, invitations, rattachements

ADRESSES = [
    path("compte/", compte.compte, name="compte"),
    path("compte/fermer/", compte.fermer, name="fermer_compte"),
    path("entreprises/", entreprises.entreprises, name="entreprises"),
    path("entreprises/<slug:siren>/", entreprises.entreprise, name="entreprise"),
    path("entreprises/<slug:siren>/inviter/", entreprises.inviter, name="inviter"),
    path(
        "entreprises/<slug:siren>/invitations/<int:pk>/",
        entreprises.invitation,
        name="invitation_envoyee",
    ),
    path("entreprises/<slug:siren>/membres/<int:pk>/", entreprises.membre, name="membre"),
    path("entreprises/<slug:siren>/quitter/", entreprises.quitter, name="quitter"),
    path("invitations/<str:jeton>/", invitations.invitation, name="invitation"),
    path("rattachements/", rattachements.liste, name="rattachements"),
    path("rattachements/<slug:siren>/", rattachements.rattachement, name="rattachement"),
]
