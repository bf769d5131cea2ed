"""The page of a demande and the acts of its officers. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.acheminement.actes import accuser
from dossiers.circuit import CIRCUIT, Qui
from dossiers.instruction import actes, presentation
from dossiers.instruction.formulaires import (
    FormulaireAccepter,
    FormulaireActe,
    FormulaireMotive,
)
from dossiers.instruction.views.commun import personne
from dossiers.models import Demande
from dossiers.rapprochement.models import Resultat
from dossiers.transitions import TransitionRefusee
from portal.comptes.models import User
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
CONFLIT = 409


def _demande(request: HttpRequest, identifiant: UUID) -> Demande:
    """The demande, or 404 if the person may not see it as an officer."""
    demandes = Demande.objects.visibles_au_guichet(personne(request)).with_details()
    return get_object_or_404(
        demandes.select_related("version_dossier", "aide"), identifiant=identifiant
    )


@login_required
@require_safe
def demande(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """The whole demande; before it is opened, only what one needs to open it."""
    cible = _demande(request, identifiant)
    user = personne(request)
    permissions = cible.permissions(user)
    if permissions["accuser"]:
        return render(request, "instruction/ouvrir.html", {"demande": cible})
    contexte = _contenu(cible) | {
        "demande": cible,
        "suites": _suites(cible, permissions),
        "retour": _retour(cible, user),
    }
    return render(request, "instruction/demande.html", contexte)


def _retour(cible: Demande, user: User) -> dict[str, str]:
    """The list that this person found the demande in."""
    if user.affectations.filter(guichet__demandes=cible).exists():
        return {"url": reverse("instruction:corbeille"), "libelle": "Ma corbeille"}
    if user.is_staff:
        return {"url": reverse("instruction:file"), "libelle": "File d’orientation"}
    return {"url": reverse("instruction:territoire"), "libelle": "Mon territoire"}


def _suites(cible: Demande, permissions: Mapping[str, Permission]) -> dict[str, Any]:
    """The next acts, or the reason why there is none for this person."""
    possibles = [
        transition
        for transition in CIRCUIT.values()
        if transition.qui is Qui.AGENT
        and transition.acte != "accuser"
        and permissions[transition.acte]
    ]
    raison = "" if possibles or cible.est_close else permissions["prendre_en_charge"].reason
    return {"possibles": possibles, "raison": raison}


def _contenu(cible: Demande) -> dict[str, Any]:
    resultat = Resultat.objects.filter(
        rapprochement__version_dossier=cible.version_dossier, version_aide=cible.version_aide
    ).first()
    projet, financement = presentation.blocs(cible)
    preuve = resultat.preuve if resultat else None
    return {
        "resultat": resultat,
        "preuve": preuve,
        "bilan": presentation.bilan(preuve or {}),
        "a_verifier": presentation.a_verifier(preuve or {}),
        "a_completer": presentation.a_completer(preuve or {}),
        "projet": projet,
        "financement": financement,
        "etapes": presentation.journal(cible),
    }


@login_required
@require_POST
def ouvrir(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Acknowledge: somebody at the desk has the demande."""
    cible = _demande(request, identifiant)
    try:
        accuser(demande=cible, user=personne(request))
    except TransitionRefusee as refus:
        messages.warning(request, str(refus))
    else:
        messages.success(request, "Demande ouverte : l’entreprise sait que vous l’avez reçue.")
    return redirect("instruction:demande", identifiant)


@login_required
@require_POST
def prendre_en_charge(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    cible = _demande(request, identifiant)
    try:
        actes.prendre_en_charge(
            demande=cible, user=personne(request), etat_vu=request.POST.get("etat_vu", "")[:20]
        )
    except TransitionRefusee as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "Vous suivez cette demande : elle est en instruction.")
    return redirect("instruction:demande", identifiant)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decider(request: HttpRequest, identifiant: UUID, acte: str) -> HttpResponse:
    """The page that asks before a decision, and does it on POST.

    A refusal (a colleague was quicker, an absurd amount) shows the page again with the reason,
    what was typed kept, and nothing written.
    """
    if acte not in FORMULAIRES:
        raise Http404
    cible = _demande(request, identifiant)
    permission = cible.permissions(personne(request))[acte]
    if request.method != "POST":
        formulaire = FORMULAIRES[acte](initial={"etat_vu": cible.etat})
        return _page_decision(request, cible, acte, formulaire, permission.reason)
    formulaire = FORMULAIRES[acte](request.POST)
    if formulaire.is_valid():
        try:
            ACTES[acte](demande=cible, user=personne(request), **formulaire.cleaned_data)
        except TransitionRefusee as refus:
            if isinstance(refus, actes.MontantInhabituel):
                formulaire = FormulaireAccepter(request.POST, demander_confirmation=True)
                formulaire.is_valid()
                formulaire.add_error("montant_accorde", str(refus))
            else:
                formulaire.add_error(None, str(refus))
            # What the page says of the demande is what it is now.
            cible = _demande(request, identifiant)
            return _page_decision(request, cible, acte, formulaire, "", status=CONFLIT)
        messages.success(request, FAITS_ACCOMPLIS[acte])
        return redirect("instruction:demande", identifiant)
    return _page_decision(request, cible, acte, formulaire, "", status=422)


def _page_decision(
    request: HttpRequest,
    cible: Demande,
    acte: str,
    formulaire: FormulaireActe,
    raison: str,
    status: int = 200,
) -> HttpResponse:
    resultat = Resultat.objects.filter(
        rapprochement__version_dossier=cible.version_dossier, version_aide=cible.version_aide
    ).first()
    contexte = {
        "demande": cible,
        "acte": CIRCUIT[acte],
        "form": formulaire,
        "raison": raison,
        "resultat": resultat,
        "total": presentation.total_declare(cible.version_dossier.contenu["faits"]),
        "a_verifier": presentation.a_verifier(resultat.preuve if resultat else {}),
    }
    return render(request, "instruction/decider.html", contexte, status=status)
