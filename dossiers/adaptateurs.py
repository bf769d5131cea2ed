"""What allauth asks of us: where a person lands after signing in."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from portal.comptes.models import User


class AdaptateurComptes(DefaultAccountAdapter):  # type: ignore[misc]
    """Officers land on their desk, everybody else on their dossiers; `next` still wins."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        if isinstance(user, User) and user.affectations.exists():
            return reverse("instruction:corbeille")
        return reverse("depot:liste")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)
