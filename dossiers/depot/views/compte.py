"""« Mon compte »: who one is here, how one signs in, what one belongs to, closing it."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, utilisateur
from dossiers.depot.formulaires_comptes import FermetureForm
from dossiers.models import Entreprise, Membre
from portal.comptes.actes import renommer
from portal.comptes.formulaires import NomForm


@require_http_methods(["GET", "HEAD", "POST"])
@connexion_requise
def compte(request: HttpRequest) -> HttpResponse:
    """Everything about one's account on one page; the name is changed here."""
    user = utilisateur(request)
    form = NomForm(
        request.POST if request.method == "POST" else None,
        initial={"nom_complet": user.nom_complet},
    )
    if request.method == "POST" and form.is_valid():
        renommer(user=user, nom_complet=form.cleaned_data["nom_complet"])
        messages.success(request, "Votre nom est enregistré.")
        return redirect("depot:compte")
    contexte = {
        "form": form,
        "double": is_mfa_enabled(user),
        "sessions": UserSession.objects.filter(user=user).count(),
        "adhesions": user.adhesions.filter(etat=Membre.Etat.ACTIF)
        .select_related("entreprise")
        .order_by("entreprise__nom", "pk"),
        "alertes": user.alertes.filter(
            dossier__entreprise__adhesions__user=user,
            dossier__entreprise__adhesions__etat=Membre.Etat.ACTIF,
        )
        .select_related("dossier__entreprise")
        .order_by("dossier__titre", "pk"),
        "affectations": user.affectations.select_related("guichet__organisme").order_by(
            "guichet__nom", "pk"
        ),
        "administrations": user.administrations.select_related("organisme").order_by(
            "organisme__nom", "pk"
        ),
        "gestions": user.gestions.select_related("organisme").order_by("organisme__nom", "pk"),
    }
    return render(request, "depot/compte.html", contexte, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@connexion_requise
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def fermer(request: HttpRequest) -> HttpResponse:
    """Close one's account: what it erases and what stays is said first."""
    user = utilisateur(request)
    permission = actes.peut_fermer(user)
    form = FermetureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and permission and form.is_valid():
        try:
            actes.fermer_compte(user=user)
        except (PermissionDenied, actes.DernierResponsable) as refus:
            messages.error(request, str(refus))
            return redirect("depot:fermer_compte")
        logout(request)
        messages.success(request, "Votre compte est fermé, et votre nom effacé.")
        return redirect("depot:accueil")
    contexte = {
        "form": form,
        "permission": permission,
        "entreprises": Entreprise.objects.visibles_par(user).order_by("nom", "pk"),
    }
    return render(request, "depot/fermer_compte.html", contexte, status=422 if form.errors else 200)
