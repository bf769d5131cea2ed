"""The person's dossiers, a new one, and who may join a company."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, utilisateur
from dossiers.depot.formulaires import NouveauDossierForm
from dossiers.models import Dossier, Entreprise, Membre

PAR_PAGE = 20


@require_safe
@connexion_requise
def liste(request: HttpRequest) -> HttpResponse:
    """The dossiers of the person's companies, and claims to answer."""
    user = utilisateur(request)
    entreprises = Entreprise.objects.visibles_par(user)
    dossiers = (
        Dossier.objects.visibles_par(user)
        .select_related("entreprise")
        .annotate(nombre_demandes=Count("demandes"))
        .order_by("-modifie_le", "-pk")
    )
    contexte = {
        "page": Paginator(dossiers, PAR_PAGE).get_page(request.GET.get("page")),
        "demandes_adhesion": Membre.objects.filter(
            entreprise__in=entreprises, etat=Membre.Etat.EN_ATTENTE
        ).select_related("entreprise", "user"),
        "en_attente": user.adhesions.filter(etat=Membre.Etat.EN_ATTENTE).exists(),
    }
    return render(request, "depot/liste.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@connexion_requise
def nouveau(request: HttpRequest) -> HttpResponse:
    """A SIRET, a name, a title; a SIREN that somebody else holds shows nothing."""
    user = utilisateur(request)
    entreprises = list(Entreprise.objects.visibles_par(user).order_by("nom", "pk"))
    form = NouveauDossierForm(entreprises, request.POST or None)
    if request.method == "POST" and form.is_valid():
        entreprise = form.choisie()
        if entreprise is None:
            donnees = form.cleaned_data
            membre = actes.rattacher(siret=donnees["siret"], nom=donnees["nom"], par=user)
            if membre.etat != Membre.Etat.ACTIF:
                return redirect("depot:en_attente")
            entreprise = membre.entreprise
            if entreprise.siret != donnees["siret"]:
                messages.info(
                    request,
                    "Cette entreprise est déjà la vôtre ici : le dossier est rattaché à "
                    f"{entreprise.nom}, SIRET {entreprise.siret}.",
                )
        dossier = actes.creer_dossier(
            entreprise=entreprise, titre=form.cleaned_data["titre"], par=user
        )
        return redirect("depot:dossier", dossier.identifiant)
    return render(request, "depot/nouveau.html", {"form": form})


@require_safe
@connexion_requise
def en_attente(request: HttpRequest) -> HttpResponse:
    """The neutral page of a claim: it names nobody and shows nothing."""
    return render(request, "depot/en_attente.html")


@require_POST
@connexion_requise
def adhesion(request: HttpRequest, pk: int) -> HttpResponse:
    """A member lets a claimant in, or turns them down."""
    membre = get_object_or_404(Membre, pk=pk)
    user = utilisateur(request)
    try:
        if request.POST.get("reponse") == "accepter":
            actes.accepter_adhesion(membre=membre, par=user)
            messages.success(request, "Cette personne est maintenant membre de l’entreprise.")
        else:
            actes.refuser_adhesion(membre=membre, par=user)
            messages.success(request, "La demande est refusée.")
    except PermissionDenied as refus:
        raise Http404 from refus
    return redirect("depot:liste")
