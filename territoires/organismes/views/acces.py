"""Who may open these pages; for anybody else the organisme has no page here (404)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from portal.comptes.models import User
from territoires.organismes.models import Organisme


def personne(request: HttpRequest) -> User:
    """The person signed in: the views are behind `login_required`."""
    return cast("User", request.user)


def organisme_de(request: HttpRequest, code: str) -> Organisme:
    """An organisme that the person administers."""
    return get_object_or_404(Organisme.objects.administres_par(personne(request)), code=code)
