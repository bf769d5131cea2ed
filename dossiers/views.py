"""What each person was told, whoever they are."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dossiers.notifications import marquer_lues
from portal.comptes.models import User

PAR_PAGE = 20


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """The person's notifications: those to read first, then the others, the latest first."""
    user = cast("User", request.user)
    toutes = user.notifications.annotate(lue=Q(lue_le__isnull=False)).order_by(
        "lue", "-creee_le", "-pk"
    )
    contexte = {
        "page": Paginator(toutes, PAR_PAGE).get_page(request.GET.get("page")),
        "non_lues": user.notifications.filter(lue_le__isnull=True).count(),
    }
    return render(request, "notifications/liste.html", contexte)


@login_required
@require_POST
def ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to the page that a notification is about: it has been read."""
    user = cast("User", request.user)
    notification = get_object_or_404(user.notifications, pk=pk)
    marquer_lues(user=user, pks=[pk])
    return redirect(notification.chemin)


@login_required
@require_POST
def tout_lire(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    nombre = marquer_lues(user=cast("User", request.user))
    if nombre:
        messages.success(request, "Toutes vos notifications sont marquées comme lues.")
    return redirect("notifications:liste")
