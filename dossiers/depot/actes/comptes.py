"""Closing one's account: what it leaves, what it erases."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dossiers.depot.actes.clients import fermer_clients
from dossiers.depot.actes.membres import quitter
from dossiers.models import Entreprise, InvitationEntreprise, Notification
from portal.comptes.actes import effacer
from portal.comptes.models import User
from portal.socle.permissions import Permission
from territoires.organismes.actes import liberer_agent


def peut_fermer(user: User) -> Permission:
    """Whether the account may be closed now: somebody must remain for those left behind."""
    if user.is_staff:
        return Permission(
            False,
            "Vous administrez le portail : demandez d’abord à un autre administrateur de "
            "retirer vos droits.",
        )
    for entreprise in Entreprise.objects.visibles_par(user).order_by("nom", "pk"):
        permission = entreprise.permissions(user)["quitter"]
        if not permission:
            return Permission(False, f"{entreprise.nom} : {permission.reason}")
    return Permission(True)


@transaction.atomic
def fermer_compte(*, user: User) -> None:
    """Leave every company and every desk, and erase who the person is.

    Dossiers, those filed and drafts, stay with their companies. Raises PermissionDenied and,
    for a company whose members would have nobody, DernierResponsable.
    """
    permission = peut_fermer(user)
    if not permission:
        raise PermissionDenied(permission.reason)
    for entreprise in Entreprise.objects.visibles_par(user).order_by("pk"):
        quitter(entreprise=entreprise, user=user)
    user.adhesions.all().delete()
    fermer_clients(compte=user)
    Notification.objects.filter(user=user).delete()
    InvitationEntreprise.objects.filter(courriel__iexact=user.email).delete()
    liberer_agent(user=user)
    effacer(user=user)
