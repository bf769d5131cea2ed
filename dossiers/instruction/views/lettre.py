"""The letter as it will look, before the officer decides: nothing is written."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from dossiers.circuit import CIRCUIT
from dossiers.instruction.apercu import apercu
from dossiers.instruction.views.commun import chemin, personne
from dossiers.instruction.views.decision import FORMULAIRES
from dossiers.models import Demande


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lettre(request: HttpRequest, identifiant: UUID, acte: str) -> HttpResponse:
    """What the company would receive for what is typed so far (nothing, when only read); a part
    of the page for htmx.
    """
    if acte not in FORMULAIRES:
        raise Http404
    visibles = Demande.objects.visibles_au_guichet(personne(request)).with_details()
    cible = get_object_or_404(visibles.select_related("version_dossier"), identifiant=identifiant)
    permission = cible.permissions(personne(request))[acte]
    saisie = request.POST if request.method == "POST" else None
    formulaire = FORMULAIRES[acte](saisie, demande=cible, user=personne(request))
    contexte = {
        "demande": cible,
        "acte": CIRCUIT[acte],
        "refus": permission.reason,
        "c": apercu(cible, acte, formulaire) if permission else None,
    }
    if getattr(request, "htmx", False):
        return render(request, "instruction/_lettre.html", contexte)
    return render(request, "instruction/lettre.html", contexte | chemin(request, cible))
