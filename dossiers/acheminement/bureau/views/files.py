"""What needs a person, across desks: the quarantine, and the desks that do not react."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dossiers.acheminement.actes.taches_humaines import laisser_la_tache, prendre_la_tache
from dossiers.acheminement.bureau.acces import acheminements_de, administration, exploitant
from dossiers.acheminement.models import Acheminement
from territoires.organismes.views.acces import personne

PAR_PAGE, TACHES_PAR_PAGE = 50, 25


@never_cache
@require_safe
@exploitant
def quarantaine(request: HttpRequest) -> HttpResponse:
    """What is set aside until somebody repairs, the oldest first."""
    isoles = (
        acheminements_de(personne(request))
        .actifs()
        .en_quarantaine()
        .select_related("demande__dossier", "demande__version_aide", "guichet__organisme")
        .order_by("quarantaine_le", "pk")
    )
    page = Paginator(isoles, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "bureau/quarantaine.html", {"page": page})


@never_cache
@require_safe
@exploitant
def taches(request: HttpRequest) -> HttpResponse:
    """The desks that no reminder moved, the oldest first: who calls them, and how."""
    a_faire = (
        acheminements_de(personne(request))
        .taches_humaines()
        .select_related(
            "demande__dossier", "demande__version_aide", "guichet__organisme", "a_la_main_par"
        )
        .order_by("a_la_main_le", "pk")
    )
    page = Paginator(a_faire, TACHES_PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "bureau/taches.html", {"page": page})


@require_POST
@administration
def tache(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a task, or give it up."""
    par = personne(request)
    cible = get_object_or_404(Acheminement.objects.select_related("demande__dossier"), pk=pk)
    numero = cible.demande.numero
    if request.POST.get("action") == "laisser":
        if laisser_la_tache(acheminement=cible, par=par):
            messages.success(request, f"Plus personne ne s’occupe de {numero}.")
    elif prendre_la_tache(acheminement=cible, par=par):
        messages.success(request, f"C’est noté : vous vous occupez de {numero}.")
    else:
        messages.info(request, f"{numero} n’attend plus : le guichet a réagi entre-temps.")
    return redirect("bureau:taches")
