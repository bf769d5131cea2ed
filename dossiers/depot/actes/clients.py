"""The programs that file for an account: opened by an operator, closed with the account."""

from __future__ import annotations

from django.db import transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import Application

from portal.comptes.models import User
from portal.socle.journal import consigner


@transaction.atomic
def ouvrir_client(*, compte: User, nom: str) -> tuple[Application, str]:
    """Give a program an access for this account; returns it with its secret, which is kept
    hashed and cannot be shown again.
    """
    secret = generate_client_secret()
    client = Application.objects.create(
        user=compte,
        name=nom.strip(),
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    consigner(verbe="ouvrir_client_api", objet=client, compte=compte.pk)
    return client, secret


@transaction.atomic
def fermer_clients(*, compte: User) -> None:
    """Close the accesses of an account, and the tokens that they were given."""
    for client in Application.objects.filter(user=compte).order_by("pk"):
        consigner(verbe="fermer_client_api", objet=client, acteur=compte)
        client.delete()
