"""What members and claimants are told."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from dossiers.models import Entreprise, Membre
from dossiers.notifications import prevenir
from portal.comptes.models import User


def annoncer_demande(membre: Membre) -> None:
    """Somebody claims a SIREN that is held: tell who can answer."""
    entreprise = membre.entreprise
    decideurs = User.objects.filter(
        is_active=True,
        adhesions__entreprise=entreprise,
        adhesions__etat=Membre.Etat.ACTIF,
        adhesions__role=Membre.Role.RESPONSABLE,
    )
    chemin = reverse("depot:entreprise", args=[entreprise.siren])
    if not decideurs.exists():
        decideurs = User.objects.filter(is_active=True, is_staff=True)
        chemin = reverse("depot:rattachement", args=[entreprise.siren])
    prevenir(
        users=decideurs.order_by("pk"),
        sujet=f"Une personne demande à rejoindre {entreprise.nom}",
        texte=f"{membre.user.email} demande à rejoindre {entreprise.nom} sur le portail. Tant "
        "que vous n’avez pas accepté, rien de l’entreprise ne lui est montré.",
        chemin=chemin,
    )


def annoncer_reponse(user: User, sujet: str, texte: str, chemin: str) -> None:
    """Tell one person what was decided about them."""
    prevenir(users=[user], sujet=sujet, texte=texte, chemin=chemin)


def annoncer_aux_responsables(
    entreprise: Entreprise, sujet: str, texte: str, *, sauf: Iterable[User] = ()
) -> None:
    """Tell those who administer a company, but not who did it."""
    exclus = [user.pk for user in sauf]
    users = User.objects.filter(
        is_active=True,
        adhesions__entreprise=entreprise,
        adhesions__etat=Membre.Etat.ACTIF,
        adhesions__role=Membre.Role.RESPONSABLE,
    ).exclude(pk__in=exclus)
    prevenir(
        users=users.order_by("pk"),
        sujet=sujet,
        texte=texte,
        chemin=reverse("depot:entreprise", args=[entreprise.siren]),
    )
