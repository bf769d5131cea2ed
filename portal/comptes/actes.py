"""Every write of an account of ours; signing in, passwords and addresses are allauth's."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from portal.comptes.models import User
from portal.socle.journal import consigner

#: What stands in the place of the name of somebody who left.
COMPTE_FERME = "Compte fermé"


@transaction.atomic
def renommer(*, user: User, nom_complet: str) -> User:
    """Change how a person is named to colleagues and desks."""
    user.nom_complet = nom_complet.strip()
    user.save(update_fields=["nom_complet"])
    consigner(verbe="renommer_compte", objet=user, acteur=user)
    return user


@transaction.atomic
def effacer(*, user: User) -> None:
    """Erase who a person is: name, address, password, second factor, sessions.

    The row stays, inactive, because dossiers and the journal point to its number.
    """
    for session in UserSession.objects.filter(user=user).order_by("pk"):
        session.end()
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.email = f"compte-ferme-{user.pk}@ferme.invalid"
    user.nom_complet = COMPTE_FERME
    user.is_active = False
    user.set_unusable_password()
    user.save()
    consigner(verbe="fermer_compte", objet=user, acteur=user)
