"""The thread of a demande, in the officer's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.formulaires import FormulaireMessage
from dossiers.instruction.views.commun import (
    adresse,
    chemin,
    connexion_requise,
    lire_demande,
    personne,
)
from dossiers.messagerie import GUICHET, NOUVEAU, ecrire, est_de, fil, marquer_lus, peut_ecrire
from dossiers.models import Demande
from dossiers.saisies import oublier, reprendre
from dossiers.transitions import TransitionRefusee
from portal.comptes.models import User


def contexte_echanges(
    cible: Demande,
    user: User,
    garde: QueryDict | None = None,
    form: FormulaireMessage | None = None,
) -> dict[str, Any]:
    """What `echanges/_fil.html` shows; `garde` is what was typed before the session expired."""
    cote = GUICHET if est_de(cible, user, GUICHET) else None
    lus = fil(cible, cote)
    if form is None:
        initial = {"texte": garde["texte"]} if garde and "texte" in garde else None
        form = FormulaireMessage(initial=initial)
    return {
        "fil": lus,
        "non_lus": any(echange.mention == NOUVEAU for echange in lus),
        "form": form,
        "ecrire": peut_ecrire(cible, user, GUICHET),
        "adresse_lus": reverse("instruction:messages-lus", args=[cible.identifiant]),
        "adresse_ecrire": reverse("instruction:ecrire", args=[cible.identifiant]),
    }


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def ecrire_message(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Send a message to the company; a page of its own when it cannot be sent."""
    cible, user = lire_demande(request, identifiant), personne(request)
    form, status = FormulaireMessage(request.POST or None), 422
    garde = reprendre(request)
    if request.method != "POST":
        form, status = FormulaireMessage(initial=garde.dict() if garde else None), 200
    elif form.is_valid():
        try:
            ecrire(demande=cible, user=user, cote=GUICHET, **form.cleaned_data)
        except TransitionRefusee as refus:
            form.add_error(refus.champ or None, str(refus))
            status = 409
        else:
            oublier(request)
            messages.success(request, "Message envoyé : l’entreprise est prévenue.")
            return redirect(adresse(request, cible) + "#echanges")
    contexte = chemin(request, cible) | {"demande": cible}
    contexte |= contexte_echanges(cible, user, form=form)
    return render(request, "instruction/echanges.html", contexte, status=status)


@login_required
@require_POST
def messages_lus(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """What the company wrote has been read, by an officer of the desk."""
    cible = lire_demande(request, identifiant)
    marquer_lus(demande=cible, user=personne(request), cote=GUICHET)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204)
    return redirect(adresse(request, cible) + "#echanges")
