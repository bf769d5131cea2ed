"""One desk: how it is reached, who works there, closing it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from territoires.organismes import actes
from territoires.organismes.formulaires import DeplacementForm, GuichetForm
from territoires.organismes.models import AgentGuichet, Guichet
from territoires.organismes.views.acces import organisme_de, personne


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def nouveau(request: HttpRequest, code: str) -> HttpResponse:
    """Create a desk."""
    organisme = organisme_de(request, code)
    form = GuichetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        guichet = actes.creer_guichet(
            organisme=organisme, par=personne(request), **form.cleaned_data
        )
        messages.success(
            request,
            f"Le guichet « {guichet.nom} » est créé. Invitez ses agents ; il recevra des demandes "
            "quand l’administration du portail lui aura donné une compétence.",
        )
        return redirect("organismes:organisme", code)
    contexte = {"organisme": organisme, "guichet": None, "form": form}
    return render(request, "organismes/guichet.html", contexte, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def guichet(request: HttpRequest, code: str, guichet: str) -> HttpResponse:
    """Rename a desk and confirm how it is reached."""
    organisme = organisme_de(request, code)
    cible = get_object_or_404(Guichet, code=guichet, organisme=organisme)
    initial = {champ: getattr(cible, champ) for champ in GuichetForm.base_fields}
    form = GuichetForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        modifie = actes.modifier_guichet(guichet=cible, par=personne(request), **form.cleaned_data)
        messages.success(request, _suite(modifie))
        return redirect("organismes:organisme", code)
    contexte = {"organisme": organisme, "guichet": cible, "form": form}
    return render(request, "organismes/guichet.html", contexte, status=422 if form.errors else 200)


def _suite(guichet: Guichet) -> str:
    if guichet.a_confirmer:
        manquent = [] if guichet.telephone else ["un téléphone"]
        if not guichet.courriel and not guichet.adresse:
            manquent.append("une adresse électronique ou postale")
        return (
            f"Enregistré. Il manque encore {' et '.join(manquent)} : l’accusé de réception envoyé "
            "aux entreprises doit les donner, et ces coordonnées restent à confirmer d’ici là."
        )
    return "Enregistré : les coordonnées de ce guichet sont confirmées."


@require_POST
@login_required
def etat(request: HttpRequest, code: str, guichet: str) -> HttpResponse:
    """Close a desk, open it again, or delete one that never served."""
    organisme = organisme_de(request, code)
    cible = get_object_or_404(Guichet, code=guichet, organisme=organisme)
    par, action = personne(request), request.POST.get("action")
    if action == "fermer":
        actes.fermer_guichet(guichet=cible, par=par)
        messages.success(request, f"« {cible.nom} » est fermé : il ne reçoit plus rien de nouveau.")
    elif action == "rouvrir":
        actes.rouvrir_guichet(guichet=cible, par=par)
        messages.success(request, f"« {cible.nom} » est ouvert à nouveau.")
    elif action == "supprimer":
        try:
            actes.supprimer_guichet(guichet=cible, par=par)
        except actes.GuichetOccupe as occupe:
            messages.error(request, str(occupe))
            return redirect("organismes:guichet", code, guichet)
        messages.success(request, f"« {cible.nom} » est supprimé.")
    return redirect("organismes:organisme", code)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def agent(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Move an officer to another desk, or remove them, once told what becomes of their work."""
    organisme = organisme_de(request, code)
    affectation = get_object_or_404(
        AgentGuichet.objects.select_related("user", "guichet__organisme"),
        pk=pk,
        guichet__organisme=organisme,
    )
    par, action = personne(request), request.POST.get("action")
    deplacer = action == "deplacer"
    form = DeplacementForm(affectation.guichet, request.POST if deplacer else None)
    if request.method == "POST" and action == "retirer":
        actes.retirer_agent(affectation=affectation, par=par)
        messages.success(request, f"{affectation.user} n’est plus agent de ce guichet.")
        return redirect("organismes:organisme", code)
    if request.method == "POST" and deplacer and form.is_valid():
        vers = form.cleaned_data["vers"]
        actes.deplacer_agent(affectation=affectation, vers=vers, par=par)
        messages.success(request, f"{affectation.user} est maintenant agent de « {vers.nom} ».")
        return redirect("organismes:organisme", code)
    contexte = {
        "organisme": organisme,
        "affectation": affectation,
        "form": form,
        "autres": organisme.guichets.ouverts().exclude(pk=affectation.guichet_id).exists(),
    }
    return render(request, "organismes/agent.html", contexte, status=422 if form.errors else 200)
