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

from dossiers.circuit import CIRCUIT
from dossiers.destinataires import agents
from dossiers.instruction import actes
from dossiers.instruction.formulaires_suites import (
    QUESTION,
    FormulaireComplement,
    FormulaireRelais,
    FormulaireReorienter,
    Ligne,
)
from dossiers.instruction.views.commun import (
    adresse,
    chemin,
    connexion_requise,
    lire_demande,
    personne,
)
from dossiers.models import Demande, Piece
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


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def complement(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Ask for what is missing; the buttons of the form add and remove lines, show what the
    company will read, or send.
    """
    cible = lire_demande(request, identifiant)
    permission = cible.permissions(personne(request))["demander_complement"]
    garde = reprendre(request)
    if request.method != "POST":
        if not permission and garde is None:
            messages.warning(request, permission.reason)
            return redirect(adresse(request, cible))
        form = _formulaire_complement(cible, garde)
        return _page_complement(request, cible, form, reprise=garde is not None)
    form = FormulaireComplement(request.POST)
    if "ajouter" in request.POST or "retirer" in request.POST:
        return _page_complement(request, cible, _lignes_changees(request.POST))
    valide = form.is_valid()
    if "envoyer" not in request.POST:
        return _page_complement(request, cible, form, apercu=valide)
    if not valide:
        return _page_complement(request, cible, form, status=REFUSE)
    try:
        actes.demander_complement(demande=cible, user=personne(request), **form.cleaned_data)
    except TransitionRefusee as refus:
        form.add_error(refus.champ or None, str(refus))
        cible = lire_demande(request, identifiant)
        return _page_complement(request, cible, form, status=CONFLIT)
    oublier(request)
    messages.success(request, "Votre demande est partie : l’entreprise est prévenue.")
    return redirect(adresse(request, cible))


def _formulaire_complement(cible: Demande, garde: QueryDict | None) -> FormulaireComplement:
    initial = {"etat_vu": cible.etat} | (garde.dict() if garde else {})
    form = FormulaireComplement(initial=initial)
    if garde is not None:
        form.lignes = FormulaireComplement(garde).lignes
    return form


def _lignes_changees(donnees: QueryDict) -> FormulaireComplement:
    """The form as it was typed, not checked, with one line more or less."""
    form = FormulaireComplement(initial=donnees.dict())
    form.lignes = FormulaireComplement(donnees).lignes
    retiree = donnees.get("retirer", "")
    if retiree.isdecimal():
        form.lignes = [ligne for ligne in form.lignes if ligne.rang != int(retiree)]
    if ("ajouter" in donnees or not form.lignes) and len(form.lignes) < actes.ELEMENTS_MAXIMUM:
        form.lignes.append(Ligne(len(form.lignes)))
    for rang, ligne in enumerate(form.lignes):
        ligne.rang = rang
    return form


def _page_complement(
    request: HttpRequest,
    cible: Demande,
    form: FormulaireComplement,
    *,
    apercu: bool = False,
    reprise: bool = False,
    status: int = 200,
) -> HttpResponse:
    permission = cible.permissions(personne(request))["demander_complement"]
    contexte = chemin(request, cible) | {
        "demande": cible,
        "acte": CIRCUIT["demander_complement"],
        "form": form,
        "natures": [(QUESTION, "Une question"), *Piece.Type.choices],
        "complet": len(form.lignes) >= actes.ELEMENTS_MAXIMUM,
        "ajoutee": "ajouter" in request.POST,
        "retiree": "retirer" in request.POST,
        "apercu": form.cleaned_data if apercu else None,
        "raison": permission.reason,
        "reprise": reprise,
    }
    return render(request, "instruction/complement.html", contexte, status=status)


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
        return FormulaireReorienter(donnees, initial=initial, codes=codes, actuel=cible.guichet)

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
