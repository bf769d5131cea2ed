"""The page that the e-mail to a desk leads to: one button, no account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers.acheminement.actes import accuser_reception
from dossiers.acheminement.courriels.liens import LienExpire, LienRefuse, acheminement_du_lien
from dossiers.acheminement.models import Acheminement

INTROUVABLE, DISPARU = 404, 410


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def accuser(request: HttpRequest, jeton: str) -> HttpResponse:
    """Say what waits; POST acknowledges it. GET changes nothing: mail scanners follow links.

    Whoever holds the link reads the page, and a link is easily passed on or logged: it names the
    demande, its aide and its desk, never the company nor its project.
    """
    try:
        acheminement = acheminement_du_lien(jeton)
    except LienExpire:
        return render(request, "acheminement/lien.html", {"expire": True}, status=DISPARU)
    except LienRefuse:
        return render(request, "acheminement/lien.html", {"expire": False}, status=INTROUVABLE)
    situation = _situation(acheminement)
    if request.method != "POST":
        contexte = {"acheminement": acheminement, "situation": situation}
        return render(request, "acheminement/accuser.html", contexte)
    if situation == "accusee":
        messages.info(request, "C’était déjà noté : cliquer deux fois ne change rien.")
    elif situation == "a_accuser":
        accuser_reception(cle=acheminement.cle, voie=Acheminement.Voie.PAGE)
        messages.success(request, "Merci, c’est noté.")
    # Read again, by GET: a page loaded anew posts nothing.
    return redirect(request.path)


def _situation(acheminement: Acheminement) -> str:
    """What the desk can still say: a_accuser, accusee, confiee_ailleurs or close."""
    if acheminement.rendue_le is not None:
        return "confiee_ailleurs"
    if acheminement.accusee_le is not None:
        return "accusee"
    return "close" if acheminement.demande.est_close else "a_accuser"
