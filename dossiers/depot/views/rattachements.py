"""For the portal's administrators: who speaks for a company, and giving it back."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, utilisateur
from dossiers.depot.formulaires_comptes import ReassignationForm
from dossiers.models import Entreprise, Membre
from territoires.normalisation import normaliser

PAR_PAGE = 30


@require_safe
@connexion_requise
def liste(request: HttpRequest) -> HttpResponse:
    """Companies, those with a waiting claim first; search by SIREN or name."""
    _exiger_administration(request)
    q = request.GET.get("q", "").strip()[:100]
    entreprises = Entreprise.objects.annotate(
        attentes=Count("adhesions", filter=Q(adhesions__etat=Membre.Etat.EN_ATTENTE))
    ).order_by("-attentes", "nom", "pk")
    if q:
        chiffres = "".join(filter(str.isdigit, q))[:9]
        nom = Q(nom_recherche__contains=normaliser(q))
        entreprises = entreprises.filter(Q(siren__startswith=chiffres) if chiffres else nom)
    page = Paginator(entreprises, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "depot/rattachements.html", {"page": page, "q": q})


@require_http_methods(["GET", "HEAD", "POST"])
@connexion_requise
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def rattachement(request: HttpRequest, siren: str) -> HttpResponse:
    """One company: verify it, answer its claims, give it to somebody."""
    _exiger_administration(request)
    entreprise = get_object_or_404(Entreprise, siren=siren)
    confier = request.POST.get("action") == "confier"
    form = ReassignationForm(entreprise, request.POST if confier else None)
    if request.method == "POST" and _agir(request, entreprise, form):
        return redirect("depot:rattachement", siren)
    adhesions = entreprise.adhesions.select_related("user").order_by("depuis", "pk")
    contexte: dict[str, Any] = {
        "entreprise": entreprise,
        "membres": adhesions.filter(etat=Membre.Etat.ACTIF),
        "demandes": adhesions.filter(etat=Membre.Etat.EN_ATTENTE),
        "form": form,
    }
    return render(request, "depot/rattachement.html", contexte, status=422 if form.errors else 200)


def _agir(request: HttpRequest, entreprise: Entreprise, form: ReassignationForm) -> bool:
    """Whether what was asked is done (or is nothing we know)."""
    par, action = utilisateur(request), request.POST.get("action")
    if action == "confier":
        if not form.is_valid():
            return False
        membre = form.cleaned_data["membre"]
        actes.reassigner(
            membre=membre, retirer_autres=form.cleaned_data["autres"] == "retirer", par=par
        )
        messages.success(request, f"{entreprise.nom} est confiée à {membre.user}.")
    elif action in ("verifier", "ne_plus_verifier"):
        verifiee = action == "verifier"
        actes.verifier_entreprise(entreprise=entreprise, verifiee=verifiee, par=par)
        etat = "vérifiée" if verifiee else "non vérifiée"
        messages.success(request, f"{entreprise.nom} est maintenant « {etat} ».")
    return True


def _exiger_administration(request: HttpRequest) -> None:
    if not utilisateur(request).is_staff:
        raise Http404
