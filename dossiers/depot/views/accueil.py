"""The front page: one sentence, three steps, and counts read from the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aides.models import Aide, Porteur
from territoires.models import Commune
from territoires.organismes.models import Guichet


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """What the portal does, and how much of it there is today."""
    ouvertes = Aide.objects.ouvertes(timezone.localdate())
    financeurs = Porteur.objects.filter(
        version__in=ouvertes.values("version"), roles__contains=[Porteur.Role.FINANCEUR]
    )
    chiffres = [
        (ouvertes.count(), "aides ouvertes aujourd’hui"),
        (financeurs.values("organisme").distinct().count(), "financeurs"),
        (Guichet.objects.count(), "guichets qui instruisent ici"),
        (Commune.objects.actuelles().count(), "communes couvertes"),
    ]
    return render(request, "depot/accueil.html", {"chiffres": chiffres})
