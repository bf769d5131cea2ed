"""The page of a demande and the acts of its officers. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.acheminement.actes import accuser
from dossiers.circuit import CIRCUIT
from dossiers.instruction import actes, presentation
from dossiers.instruction.formulaires import (
    FormulaireAccepter,
    FormulaireActe,
    FormulaireMotive,
)
from dossiers.instruction.limites import resultat_de
from dossiers.instruction.listes import suivante
from dossiers.instruction.views.commun import (
    adresse,
    chemin,
    connexion_requise,
    lire_demande,
    personne,
)
from dossiers.instruction.views.echanges import contexte_echanges
from dossiers.instruction.views.suites import IMMEDIATS
from dossiers.models import Demande, Piece
from dossiers.saisies import oublier, reprendre
from dossiers.transitions import TransitionRefusee
from portal.socle.permissions import Permission

FORMULAIRES: dict[str, type[FormulaireActe]] = {
    "accepter": FormulaireAccepter,
    "refuser": FormulaireMotive,
    "classer_sans_suite": FormulaireMotive,
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
#: The acts that the page proposes.
AVEC_PAGE = {
    "prendre_en_charge",
    "prendre_le_relais",
    "passer_le_relais",
    "demander_complement",
    "reprendre",
    "reorienter",
    *FORMULAIRES,
}
CONFLIT = 409


@login_required
@require_safe
def demande(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """The whole demande; before it is opened, only what one needs to open it."""
    cible = lire_demande(request, identifiant)
    permissions = cible.permissions(personne(request))
    contexte = chemin(request, cible) | {
        "demande": cible,
        "suivante": suivante(cible, personne(request)),
    }
    if permissions["accuser"]:
        return render(request, "instruction/ouvrir.html", contexte)
    contexte |= _contenu(cible) | {"suites": _suites(cible, permissions)}
    contexte |= contexte_echanges(cible, personne(request), reprendre(request))
    contexte["pieces"] = Piece.objects.de_la_demande(cible).select_related("deposee_par", "element")
    return render(request, "instruction/demande.html", contexte)


def _suites(cible: Demande, permissions: Mapping[str, Permission]) -> dict[str, Any]:
    """The next acts, or the reason why there is none for this person."""
    possibles = [
        transition
        for transition in CIRCUIT.values()
        if transition.acte in AVEC_PAGE and permissions[transition.acte]
    ]
    raison = "" if possibles or cible.est_close else permissions["prendre_en_charge"].reason
    return {"possibles": possibles, "immediats": IMMEDIATS, "raison": raison}


def _contenu(cible: Demande) -> dict[str, Any]:
    resultat = resultat_de(cible)
    projet, financement = presentation.blocs(cible)
    preuve = resultat.preuve if resultat else None
    return {
        "essentiel": presentation.essentiel(cible),
        "resultat": resultat,
        "preuve": preuve,
        "bilan": presentation.bilan(preuve or {}),
        "a_verifier": presentation.a_verifier(preuve or {}),
        "a_completer": presentation.a_completer(preuve or {}),
        "projet": projet,
        "provenance_projet": presentation.provenance_commune(projet),
        "financement": financement,
        "provenance_financement": presentation.provenance_commune(financement),
        "etapes": presentation.journal(cible),
        "complements": cible.complements.prefetch_related("elements__pieces").select_related(
            "guichet", "demandee_par", "repondue_par"
        ),
    }


# The address of an act, read instead of posted (a session that expired, a bookmark), leads to
# the demande and does nothing.


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ouvrir(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Acknowledge: somebody at the desk has the demande."""
    cible = lire_demande(request, identifiant)
    if request.method != "POST":
        return redirect(adresse(request, cible))
    try:
        accuser(demande=cible, user=personne(request))
    except TransitionRefusee as refus:
        messages.warning(request, str(refus))
    else:
        messages.success(request, "Demande ouverte : l’entreprise sait que vous l’avez reçue.")
    return redirect(adresse(request, cible))


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def decider(request: HttpRequest, identifiant: UUID, acte: str) -> HttpResponse:
    """The page that asks before a decision, and does it on POST.

    A refusal (a colleague was quicker, an absurd amount) shows the page again with the reason,
    what was typed kept, and nothing written.
    """
    if acte not in FORMULAIRES:
        raise Http404
    cible = lire_demande(request, identifiant)
    if request.method != "POST":
        return _demander(request, cible, acte)
    formulaire = FORMULAIRES[acte](request.POST)
    if not formulaire.is_valid():
        return _page_decision(request, cible, acte, formulaire, status=422)
    try:
        ACTES[acte](demande=cible, user=personne(request), **formulaire.cleaned_data)
    except TransitionRefusee as refus:
        if isinstance(refus, actes.MontantInhabituel):
            formulaire = FormulaireAccepter(request.POST, demander_confirmation=True)
            formulaire.is_valid()
        formulaire.add_error(refus.champ or None, str(refus))
        # What the page says of the demande is what it is now.
        cible = lire_demande(request, identifiant)
        return _page_decision(request, cible, acte, formulaire, status=CONFLIT)
    oublier(request)
    messages.success(request, FAITS_ACCOMPLIS[acte])
    return redirect(adresse(request, cible))


def _demander(request: HttpRequest, cible: Demande, acte: str) -> HttpResponse:
    """The empty form, or what was typed before the session expired."""
    garde = reprendre(request)
    permission = cible.permissions(personne(request))[acte]
    if garde is None and not permission:
        messages.warning(request, permission.reason)
        return redirect(adresse(request, cible))
    initial = {"etat_vu": cible.etat} | (garde.dict() if garde else {})
    formulaire = FORMULAIRES[acte](initial=initial)
    return _page_decision(request, cible, acte, formulaire, reprise=garde is not None)


def _page_decision(
    request: HttpRequest,
    cible: Demande,
    acte: str,
    formulaire: FormulaireActe,
    *,
    reprise: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The form; only the text to copy once the demande is no more what the person saw."""
    permission = cible.permissions(personne(request))[acte]
    etat_vu = formulaire["etat_vu"].value() or cible.etat
    resultat = resultat_de(cible)
    contexte = chemin(request, cible) | {
        "demande": cible,
        "acte": CIRCUIT[acte],
        "form": formulaire,
        "perimee": not permission or etat_vu != cible.etat,
        "raison": permission.reason,
        "reprise": reprise,
        "essentiel": presentation.essentiel(cible),
        "a_verifier": presentation.a_verifier(resultat.preuve if resultat else {}),
    }
    return render(request, "instruction/decider.html", contexte, status=status)
