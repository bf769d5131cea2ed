"""What the officers' views share."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from portal.comptes.models import User


def personne(request: HttpRequest) -> User:
    """The person signed in: the views are behind `login_required`."""
    return cast("User", request.user)
