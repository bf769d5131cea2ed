"""« Mon entreprise »: its members, their roles, invitations, leaving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, utilisateur
from dossiers.depot.formulaires_comptes import InvitationForm, RoleForm
from dossiers.models import Entreprise, InvitationEntreprise, Membre
from portal.comptes.invitations import InvitationImpossible


@require_safe
@connexion_requise
def entreprises(request: HttpRequest) -> HttpResponse:
    """The companies of the person; straight to the only one."""
    user = utilisateur(request)
    miennes = list(Entreprise.objects.visibles_par(user).order_by("nom", "pk"))
    if len(miennes) == 1:
        return redirect("depot:entreprise", miennes[0].siren)
    contexte = {
        "entreprises": miennes,
        "en_attente": user.adhesions.filter(etat=Membre.Etat.EN_ATTENTE).exists(),
    }
    return render(request, "depot/entreprises.html", contexte)


@require_safe
@connexion_requise
def entreprise(request: HttpRequest, siren: str) -> HttpResponse:
    """The members of a company and, for those who manage them, claims and invitations."""
    return _page(request, _entreprise(request, siren), InvitationForm())


@require_POST
@connexion_requise
def inviter(request: HttpRequest, siren: str) -> HttpResponse:
    """Invite an address; what was typed is kept when it is refused."""
    mienne = _a_gerer(request, siren)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            actes.inviter(entreprise=mienne, par=utilisateur(request), **form.cleaned_data)
        except InvitationImpossible as impossible:
            form.add_error("courriel", str(impossible))
        else:
            messages.success(
                request, f"Invitation envoyée à {form.cleaned_data['courriel'].lower()}."
            )
            return redirect("depot:entreprise", siren)
    return _page(request, mienne, form, status=422)


@require_POST
@connexion_requise
def invitation(request: HttpRequest, siren: str, pk: int) -> HttpResponse:
    """Send an invitation again, or withdraw it."""
    mienne = _a_gerer(request, siren)
    envoyee = get_object_or_404(InvitationEntreprise, pk=pk, entreprise=mienne)
    par = utilisateur(request)
    if request.POST.get("action") == "renvoyer":
        try:
            actes.renvoyer_invitation(invitation=envoyee, par=par)
        except InvitationImpossible as impossible:
            messages.warning(request, str(impossible))
        else:
            messages.success(request, f"Invitation renvoyée à {envoyee.courriel}.")
    elif request.POST.get("action") == "annuler":
        actes.annuler_invitation(invitation=envoyee, par=par)
        messages.success(request, "Invitation annulée : son lien ne fonctionne plus.")
    return redirect("depot:entreprise", siren)


@require_http_methods(["GET", "HEAD", "POST"])
@connexion_requise
def membre(request: HttpRequest, siren: str, pk: int) -> HttpResponse:
    """Change what a member may do, or remove them."""
    mienne = _a_gerer(request, siren)
    choisi = get_object_or_404(
        mienne.adhesions.filter(etat=Membre.Etat.ACTIF).select_related("user"), pk=pk
    )
    form = RoleForm(
        request.POST if request.method == "POST" else None, initial={"role": choisi.role}
    )
    if request.method == "POST":
        try:
            if _appliquer(request, choisi, form):
                return redirect(_retour(request, siren))
        except actes.DernierResponsable as refus:
            form.add_error(None, str(refus))
        except PermissionDenied as refus:
            raise Http404 from refus
    contexte = {"entreprise": mienne, "membre": choisi, "form": form}
    return render(request, "depot/membre.html", contexte, status=422 if form.errors else 200)


def _appliquer(request: HttpRequest, choisi: Membre, form: RoleForm) -> bool:
    """Whether what was asked is done; raises DernierResponsable and PermissionDenied."""
    par = utilisateur(request)
    if request.POST.get("action") == "retirer":
        actes.retirer_membre(membre=choisi, par=par)
        messages.success(request, f"{choisi.user} n’est plus membre de l’entreprise.")
        return True
    if not form.is_valid():
        return False
    actes.changer_role(membre=choisi, role=form.cleaned_data["role"], par=par)
    messages.success(request, f"Rôle de {choisi.user} enregistré.")
    return True


def _retour(request: HttpRequest, siren: str) -> str:
    """Back to the company, unless one has just left it."""
    encore = Entreprise.objects.visibles_par(utilisateur(request)).filter(siren=siren).exists()
    return reverse("depot:entreprise", args=[siren]) if encore else reverse("depot:liste")


@require_http_methods(["GET", "HEAD", "POST"])
@connexion_requise
def quitter(request: HttpRequest, siren: str) -> HttpResponse:
    """Leave a company, once told what it means."""
    mienne = _entreprise(request, siren)
    user = utilisateur(request)
    permission = mienne.permissions(user)["quitter"]
    if request.method == "POST":
        try:
            actes.quitter(entreprise=mienne, user=user)
        except actes.DernierResponsable as refus:
            messages.error(request, str(refus))
            return redirect("depot:entreprise", siren)
        messages.success(request, f"Vous avez quitté {mienne.nom}.")
        return redirect("depot:liste")
    contexte = {
        "entreprise": mienne,
        "permission": permission,
        "seul": mienne.adhesions.filter(etat=Membre.Etat.ACTIF).count() == 1,
    }
    return render(request, "depot/quitter.html", contexte)


def _entreprise(request: HttpRequest, siren: str) -> Entreprise:
    """A company of the person; another one does not exist for them (404)."""
    return get_object_or_404(Entreprise.objects.visibles_par(utilisateur(request)), siren=siren)


def _a_gerer(request: HttpRequest, siren: str) -> Entreprise:
    """A company whose members the person manages; 403 with the reason for a plain member."""
    mienne = _entreprise(request, siren)
    permission = mienne.permissions(utilisateur(request))["gerer"]
    if not permission:
        raise PermissionDenied(permission.reason)
    return mienne


def _page(
    request: HttpRequest, mienne: Entreprise, form: InvitationForm, status: int = 200
) -> HttpResponse:
    user = utilisateur(request)
    gere = bool(mienne.permissions(user)["gerer"])
    adhesions = mienne.adhesions.select_related("user").order_by("depuis", "pk")
    contexte: dict[str, Any] = {
        "entreprise": mienne,
        "entreprises": Entreprise.objects.visibles_par(user).order_by("nom", "pk"),
        "gere": gere,
        "membres": adhesions.filter(etat=Membre.Etat.ACTIF),
        "form": form,
    }
    if gere:
        contexte |= {
            "demandes": adhesions.filter(etat=Membre.Etat.EN_ATTENTE),
            "invitations": mienne.invitations.sans_suite(),
        }
    return render(request, "depot/entreprise.html", contexte, status=status)
