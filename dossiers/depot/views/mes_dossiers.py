"""The person's dossiers, a new one, and who may join a company."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.circuit import Etat
from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, utilisateur
from dossiers.depot.formulaires import NouveauDossierForm
from dossiers.depot.models import ReponsesGardees
from dossiers.depot.presentation import reponses_gardees
from dossiers.models import Dossier, Entreprise, InvitationEntreprise, Membre
from dossiers.templatetags.portail import typo
from portal.comptes.models import User
from territoires.normalisation import normaliser

PAR_PAGE = 20


@require_safe
@connexion_requise
def liste(request: HttpRequest) -> HttpResponse:
    """The dossiers of the person's companies, or of one; claims and invitations to answer."""
    user = utilisateur(request)
    entreprises = list(Entreprise.objects.visibles_par(user).order_by("nom", "pk"))
    choisie = next((e for e in entreprises if e.siren == request.GET.get("entreprise")), None)
    dossiers = (
        Dossier.objects.visibles_par(user)
        .select_related("entreprise")
        .annotate(nombre_demandes=Count("demandes", filter=~Q(demandes__etat=Etat.RETIREE)))
        .with_a_faire()
        .order_by("-modifie_le", "-pk")
    )
    if choisie is not None:
        dossiers = dossiers.filter(entreprise=choisie)
    contexte = {
        "page": Paginator(dossiers, PAR_PAGE).get_page(request.GET.get("page")),
        "entreprises": entreprises,
        "choisie": choisie,
        "demandes_adhesion": Membre.objects.a_accepter_par(user),
        "invitations": InvitationEntreprise.objects.en_attente()
        .pour(user)
        .select_related("entreprise"),
        "gardees": ReponsesGardees.objects.filter(user=user).exists(),
        "en_attente": user.adhesions.filter(etat=Membre.Etat.EN_ATTENTE).exists(),
    }
    return render(request, "depot/liste.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@connexion_requise
def nouveau(request: HttpRequest) -> HttpResponse:
    """A SIRET, a name, a title; a SIREN that somebody else holds shows nothing.

    The answers of a simulation, when its author kept some, start the dossier.
    """
    user = utilisateur(request)
    entreprises = list(Entreprise.objects.visibles_par(user).order_by("nom", "pk"))
    gardees = ReponsesGardees.objects.filter(user=user).first()
    form = NouveauDossierForm(entreprises, request.POST or None, gardees)
    if request.method == "POST" and form.is_valid():
        entreprise = form.choisie()
        if entreprise is None:
            donnees = form.cleaned_data
            membre = actes.rattacher(siret=donnees["siret"], nom=donnees["nom"], par=user)
            if membre.etat != Membre.Etat.ACTIF:
                return redirect("depot:en_attente")
            entreprise = membre.entreprise
            if texte := _deja_la(entreprise, siret=donnees["siret"], nom=donnees["nom"]):
                messages.info(request, texte)
        dossier = _ouvrir(form, entreprise, user)
        return redirect("depot:dossier", dossier.identifiant)
    contexte = {"form": form, "lignes": reponses_gardees(gardees) if gardees else []}
    return render(request, "depot/nouveau.html", contexte)


def _deja_la(entreprise: Entreprise, *, siret: str, nom: str) -> str:
    """What of these two is not kept, and why; empty when both are those of the company."""
    dits = []
    if entreprise.siret != siret:
        dits.append("Vos dossiers portent le SIRET donné à sa création ici.")
    if normaliser(entreprise.nom) != normaliser(nom):
        dits.append(
            typo(f"Le nom « {nom} » n’est pas gardé : une entreprise a ici un seul nom, pour tous ")
            + "ses dossiers."
        )
    if not dits:
        return ""
    debut = (
        "Cette entreprise est déjà la vôtre ici : le dossier est rattaché à "
        f"{entreprise.nom}, SIRET {entreprise.siret}."
    )
    return " ".join([debut, *dits])


def _ouvrir(form: NouveauDossierForm, entreprise: Entreprise, user: User) -> Dossier:
    titre = form.cleaned_data["titre"]
    if form.cleaned_data.get("reprendre"):
        return actes.ouvrir_depuis_simulation(entreprise=entreprise, titre=titre, par=user)
    actes.oublier_reponses(par=user)
    return actes.creer_dossier(entreprise=entreprise, titre=titre, par=user)


@require_safe
@connexion_requise
def en_attente(request: HttpRequest) -> HttpResponse:
    """The neutral page of a claim: it names nobody and shows nothing."""
    return render(request, "depot/en_attente.html")


@require_POST
@connexion_requise
def adhesion(request: HttpRequest, pk: int) -> HttpResponse:
    """An administrator of the company, or of the portal, lets a claimant in or not."""
    user = utilisateur(request)
    membre = Membre.objects.select_related("entreprise").filter(pk=pk).first()
    if membre is None:
        # Somebody has just turned it down, or it never was: the same answer to all.
        raise Http404
    entreprise = membre.entreprise
    try:
        if request.POST.get("reponse") == "accepter":
            actes.accepter_adhesion(membre=membre, par=user)
            messages.success(request, "Cette personne est maintenant membre de l’entreprise.")
        else:
            actes.refuser_adhesion(membre=membre, par=user)
            messages.success(request, "La demande est refusée.")
    except PermissionDenied as refus:
        raise Http404 from refus
    if Entreprise.objects.visibles_par(user).filter(pk=entreprise.pk).exists():
        return redirect("depot:entreprise", entreprise.siren)
    return redirect("depot:rattachement", entreprise.siren)
