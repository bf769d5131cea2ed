"""What allauth asks of us: where a person lands after signing in."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from portal.comptes.models import User


class AdaptateurComptes(DefaultAccountAdapter):  # type: ignore[misc]
    """Where each lands after signing in; `next` still wins.

    Administrators on what waits for them, officers on their desk, the others on their dossiers.
    """

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        if isinstance(user, User) and user.is_staff:
            return reverse("instruction:file")
        if isinstance(user, User) and user.affectations.exists():
            return reverse("instruction:corbeille")
        return reverse("depot:liste")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)
