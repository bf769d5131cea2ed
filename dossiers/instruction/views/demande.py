"""The page of a demande and the acts of its officers. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.acheminement.actes import accuser
from dossiers.circuit import CIRCUIT
from dossiers.instruction import presentation
from dossiers.instruction.formulaires_verification import FormulaireVerifications
from dossiers.instruction.limites import resultat_de
from dossiers.instruction.listes import suivante
from dossiers.instruction.verifications import Relecture, peut_verifier, relire
from dossiers.instruction.views.commun import (
    adresse,
    chemin,
    lire_demande,
    personne,
)
from dossiers.instruction.views.decision import FORMULAIRES
from dossiers.instruction.views.echanges import contexte_echanges
from dossiers.instruction.views.suites import IMMEDIATS
from dossiers.models import Demande, Piece
from dossiers.rapprochement.models import Resultat
from dossiers.saisies import reprendre
from dossiers.transitions import TransitionRefusee
from portal.socle.permissions import Permission

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
    return page_demande(request, cible, contexte, permissions)


def page_demande(
    request: HttpRequest,
    cible: Demande,
    contexte: dict[str, Any],
    permissions: Mapping[str, Permission],
    saisie: FormulaireVerifications | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, for a person with these `permissions` on it; `saisie` is the form of the
    verifications when it was refused."""
    user = personne(request)
    resultat = resultat_de(cible)
    relecture = relire(cible, resultat) if resultat else None
    contexte |= _contenu(cible, resultat, relecture)
    contexte |= {"suites": _suites(cible, permissions)}
    contexte |= contexte_echanges(cible, user, reprendre(request))
    contexte["pieces"] = Piece.objects.de_la_demande(cible).select_related("deposee_par", "element")
    contexte["peut_verifier"] = peut_verifier(cible, user)
    if saisie is None and relecture and contexte["peut_verifier"]:
        saisie = FormulaireVerifications(conditions=relecture.conditions)
    contexte["saisie"] = saisie
    return render(request, "instruction/demande.html", contexte, status=status)


def _suites(cible: Demande, permissions: Mapping[str, Permission]) -> dict[str, Any]:
    """The next acts, or the reason why there is none for this person."""
    possibles = [
        transition
        for transition in CIRCUIT.values()
        if transition.acte in AVEC_PAGE and permissions[transition.acte]
    ]
    raison = "" if possibles or cible.est_close else permissions["prendre_en_charge"].reason
    return {"possibles": possibles, "immediats": IMMEDIATS, "raison": raison}


def _contenu(
    cible: Demande, resultat: Resultat | None, relecture: Relecture | None
) -> dict[str, Any]:
    projet, financement = presentation.blocs(cible)
    preuve = (relecture and relecture.preuve) or (resultat.preuve if resultat else None)
    return {
        "essentiel": presentation.essentiel(cible),
        "resultat": resultat,
        "preuve": preuve,
        "bilan": presentation.bilan(preuve or {}),
        "relecture": relecture,
        "a_verifier": presentation.a_verifier(preuve or {}, conditions=relecture is None),
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
        messages.success(
            request, "Demande ouverte : l’entreprise sait que vous en avez pris connaissance."
        )
    return redirect(adresse(request, cible))
