"""Deciding in two steps: the letter is read again, then signed. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dossiers.circuit import CIRCUIT
from dossiers.instruction import actes, presentation
from dossiers.instruction.apercu import apercu
from dossiers.instruction.formulaires_decision import (
    FormulaireAccepter,
    FormulaireClasser,
    FormulaireDecision,
    FormulaireRefuser,
)
from dossiers.instruction.limites import MontantInhabituel, resultat_de
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

FORMULAIRES: dict[str, type[FormulaireDecision]] = {
    "accepter": FormulaireAccepter,
    "refuser": FormulaireRefuser,
    "classer_sans_suite": FormulaireClasser,
}
ACTES: dict[str, Callable[..., Demande]] = {
    "accepter": actes.accepter,
    "refuser": actes.refuser,
    "classer_sans_suite": actes.classer_sans_suite,
}
FAITS_ACCOMPLIS = {
    "accepter": "La demande est acceptée. L’entreprise le voit dès maintenant.",
    "refuser": "La demande est refusée. L’entreprise le voit dès maintenant, avec votre motif.",
    "classer_sans_suite": "La demande est classée sans suite. L’entreprise le voit dès maintenant.",
}
#: What the buttons of the page of the letter ask for; any other button shows the letter.
SIGNER, MODIFIER = "signer", "modifier"
CONFLIT = 409


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def decider(request: HttpRequest, identifiant: UUID, acte: str) -> HttpResponse:
    """The form of a decision, then its letter to read again, which alone offers to sign it.

    A refusal (a colleague was quicker, an absurd amount) shows the form again with the reason,
    what was typed kept, and nothing written.
    """
    if acte not in FORMULAIRES:
        raise Http404
    cible = lire_demande(request, identifiant)
    if request.method != "POST":
        return _demander(request, cible, acte)
    formulaire = FORMULAIRES[acte](request.POST, demande=cible, user=personne(request))
    etape = request.POST.get("etape")
    if etape == MODIFIER:
        return _page_decision(request, cible, acte, formulaire)
    if not formulaire.is_valid():
        return _page_decision(request, cible, acte, formulaire, status=422)
    try:
        if etape != SIGNER:
            return _relire(request, cible, acte, formulaire)
        ACTES[acte](demande=cible, user=personne(request), **formulaire.arguments())
    except TransitionRefusee as refus:
        if isinstance(refus, MontantInhabituel) and isinstance(formulaire, FormulaireAccepter):
            formulaire.demander_confirmation()
        formulaire.add_error(refus.champ or None, str(refus))
        # What the page says of the demande is what it is now.
        cible = lire_demande(request, identifiant)
        return _page_decision(request, cible, acte, formulaire, status=CONFLIT)
    oublier(request)
    messages.success(request, FAITS_ACCOMPLIS[acte])
    return redirect(adresse(request, cible))


def _relire(
    request: HttpRequest, cible: Demande, acte: str, formulaire: FormulaireDecision
) -> HttpResponse:
    """The letter, and all that was typed carried to its signature. Raises TransitionRefusee."""
    if _perimee(request, cible, acte, formulaire):
        return _page_decision(request, cible, acte, formulaire, status=CONFLIT)
    formulaire.verifier()
    contexte = chemin(request, cible) | {
        "demande": cible,
        "acte": CIRCUIT[acte],
        "form": formulaire,
        "c": apercu(cible, acte, formulaire),
    }
    return render(request, "instruction/relire.html", contexte)


def _demander(request: HttpRequest, cible: Demande, acte: str) -> HttpResponse:
    """The proposed form, or what was typed before the session expired."""
    garde = reprendre(request)
    permission = cible.permissions(personne(request))[acte]
    if garde is None and not permission:
        messages.warning(request, permission.reason)
        return redirect(adresse(request, cible))
    formulaire = FORMULAIRES[acte](
        demande=cible, user=personne(request), initial=_reprise(garde) if garde else None
    )
    return _page_decision(request, cible, acte, formulaire, reprise=garde is not None)


def _reprise(garde: QueryDict) -> dict[str, Any]:
    valeurs: dict[str, Any] = garde.dict()
    return valeurs | ({"criteres": garde.getlist("criteres")} if "criteres" in garde else {})


def _perimee(
    request: HttpRequest, cible: Demande, acte: str, formulaire: FormulaireDecision
) -> bool:
    """Whether the demande is no more what the person saw."""
    etat_vu = formulaire["etat_vu"].value() or cible.etat
    return not cible.permissions(personne(request))[acte] or etat_vu != cible.etat


def _page_decision(
    request: HttpRequest,
    cible: Demande,
    acte: str,
    formulaire: FormulaireDecision,
    *,
    reprise: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The form and its letter; only the text to copy once the demande is no more the same."""
    perimee = _perimee(request, cible, acte, formulaire)
    resultat = resultat_de(cible)
    contexte = chemin(request, cible) | {
        "demande": cible,
        "acte": CIRCUIT[acte],
        "form": formulaire,
        "perimee": perimee,
        "raison": cible.permissions(personne(request))[acte].reason,
        "reprise": reprise,
        "essentiel": presentation.essentiel(cible),
        "a_verifier": presentation.a_verifier(resultat.preuve if resultat else {}),
        "c": None if perimee else apercu(cible, acte, formulaire),
    }
    return render(request, "instruction/decider.html", contexte, status=status)
