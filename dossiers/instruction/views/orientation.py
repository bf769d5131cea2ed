"""The human queue: demandes that no rule could give to one desk, for the administration."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.acheminement.actes import orienter
from dossiers.acheminement.routage import guichets_competents
from dossiers.instruction.formulaires import FormulaireOrienter
from dossiers.instruction.views.commun import personne
from dossiers.models import Demande
from dossiers.transitions import TransitionRefusee
from territoires.perimetre import lieu

PAR_PAGE = 25


def _refus(request: HttpRequest) -> HttpResponse:
    return render(request, "instruction/orientation_reservee.html", status=403)


@login_required
@require_safe
def file_humaine(request: HttpRequest) -> HttpResponse:
    """What waits for a person to choose its desk, the oldest first."""
    if not personne(request).is_staff:
        return _refus(request)
    demandes = (
        Demande.objects.en_file_humaine()
        .with_details()
        .select_related("commune__departement__region")
        .order_by("deposee_le", "pk")
    )
    page = Paginator(demandes, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "instruction/orientation.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choisir(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Choose the desk of one demande, with the reason."""
    user = personne(request)
    if not user.is_staff:
        return _refus(request)
    demandes = Demande.objects.with_details().select_related(
        "version_dossier", "aide", "commune__departement__region"
    )
    demande = get_object_or_404(demandes, identifiant=identifiant)
    place = lieu(demande.commune, timezone.localdate(demande.deposee_le))
    form = FormulaireOrienter(
        request.POST or None, candidats=guichets_competents(demande), codes=place
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                orienter(demande=demande, user=user, **form.cleaned_data)
            except TransitionRefusee as refus:
                form.add_error(refus.champ or None, str(refus))
            else:
                guichet = form.cleaned_data["guichet"]
                messages.success(request, f"{demande.numero} est confiée à : {guichet.nom}.")
                return redirect("instruction:file")
        status = 422
    permission = demande.permissions(user)["orienter"]
    contexte = {"demande": demande, "form": form, "raison": permission.reason}
    return render(request, "instruction/choisir_guichet.html", contexte, status=status)
