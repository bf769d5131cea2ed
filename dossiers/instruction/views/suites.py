"""The acts of an officer between the opening and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dossiers.acheminement.routage import guichets_competents
from dossiers.circuit import CIRCUIT
from dossiers.destinataires import agents
from dossiers.instruction import actes
from dossiers.instruction.formulaires_suites import (
    FormulaireRelais,
    FormulaireReorienter,
)
from dossiers.instruction.views.commun import (
    adresse,
    chemin,
    connexion_requise,
    lire_demande,
    personne,
)
from dossiers.models import Demande
from dossiers.saisies import oublier, reprendre
from dossiers.transitions import TransitionRefusee
from territoires.perimetre import lieu

REFUSE, CONFLIT = 422, 409
IMMEDIATS: dict[str, Callable[..., Demande]] = {
    "prendre_en_charge": actes.prendre_en_charge,
    "prendre_le_relais": actes.prendre_le_relais,
    "reprendre": actes.reprendre,
}
FAITS_ACCOMPLIS = {
    "prendre_en_charge": "Vous suivez cette demande : elle est en instruction.",
    "prendre_le_relais": "Vous suivez maintenant cette demande.",
    "reprendre": "L’instruction reprend : le délai court de nouveau, l’entreprise est prévenue.",
}


# The address of an act, read instead of posted (a session that expired, a bookmark), leads to
# the demande and does nothing.


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def immediat(request: HttpRequest, identifiant: UUID, acte: str) -> HttpResponse:
    """An act that its button says whole."""
    cible = lire_demande(request, identifiant)
    if request.method != "POST":
        return redirect(adresse(request, cible))
    etat_vu = request.POST.get("etat_vu", "")[:20]
    try:
        IMMEDIATS[acte](demande=cible, user=personne(request), etat_vu=etat_vu)
    except TransitionRefusee as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, FAITS_ACCOMPLIS[acte])
    return redirect(adresse(request, cible))


# ------------------------------------------------------------------ who has it


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def passer_le_relais(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Give the demande to a colleague of the desk."""
    cible = lire_demande(request, identifiant)
    collegues = agents(cible).exclude(pk=cible.agent_id or 0)

    def formulaire(donnees: QueryDict | None, initial: dict[str, Any]) -> FormulaireRelais:
        return FormulaireRelais(donnees, initial=initial, collegues=collegues)

    return _acte(request, cible, "passer_le_relais", formulaire, actes.passer_le_relais)


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def reorienter(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Hand the demande to another desk, with the reason."""
    cible = lire_demande(request, identifiant)
    codes = lieu(cible.commune, timezone.localdate(cible.deposee_le))

    def formulaire(donnees: QueryDict | None, initial: dict[str, Any]) -> FormulaireReorienter:
        return FormulaireReorienter(
            donnees,
            initial=initial,
            candidats=guichets_competents(cible),
            codes=codes,
            actuel=cible.guichet,
        )

    return _acte(request, cible, "reorienter", formulaire, actes.reorienter)


def _acte(
    request: HttpRequest,
    cible: Demande,
    acte: str,
    formulaire: Callable[[QueryDict | None, dict[str, Any]], forms.Form],
    faire: Callable[..., Demande],
) -> HttpResponse:
    """The page of an act that has a form: asked on GET, done on POST, refused with what was
    typed kept.
    """
    user = personne(request)
    permission = cible.permissions(user)[acte]
    garde = reprendre(request)
    if not permission and garde is None:
        messages.warning(request, permission.reason)
        return redirect(adresse(request, cible))
    initial = {"etat_vu": cible.etat} | (garde.dict() if garde else {})
    form, status = formulaire(request.POST if request.method == "POST" else None, initial), 200
    if request.method == "POST":
        status = REFUSE
        if form.is_valid():
            try:
                faite = faire(demande=cible, user=user, **form.cleaned_data)
            except TransitionRefusee as refus:
                form.add_error(refus.champ or None, str(refus))
                status = CONFLIT
            else:
                oublier(request)
                return _apres(request, acte, faite)
    contexte = chemin(request, cible) | {
        "demande": cible,
        "acte": CIRCUIT[acte],
        "form": form,
        "raison": permission.reason,
        "reprise": garde is not None,
    }
    return render(request, "instruction/suite.html", contexte, status=status)


def _apres(request: HttpRequest, acte: str, faite: Demande) -> HttpResponse:
    if acte == "reorienter":
        vers = faite.guichet.nom if faite.guichet else "l’équipe d’orientation"
        messages.success(
            request,
            f"La demande {faite.numero} est réorientée vers : {vers}. L’entreprise est prévenue.",
        )
        # The desk that gave it back reads it no more.
        return redirect(reverse("instruction:corbeille"))
    nom = faite.agent.get_full_name() if faite.agent else ""
    messages.success(request, f"La demande est maintenant suivie par {nom}.")
    return redirect(adresse(request, faite))
