"""The officer answers the conditions left to them, in the page of the demande."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from dossiers.instruction.actes_verifications import verifier
from dossiers.instruction.formulaires_verification import FormulaireVerifications
from dossiers.instruction.limites import resultat_de
from dossiers.instruction.listes import suivante
from dossiers.instruction.verifications import peut_verifier, relire
from dossiers.instruction.views.commun import (
    adresse,
    chemin,
    connexion_requise,
    lire_demande,
    personne,
)
from dossiers.instruction.views.demande import page_demande
from dossiers.saisies import oublier, reprendre
from dossiers.transitions import TransitionRefusee


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def verifications(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Keep the answers; the page again when one is wrong, or typed before the session expired."""
    cible, user = lire_demande(request, identifiant), personne(request)
    resultat = resultat_de(cible)
    relecture = relire(cible, resultat) if resultat else None
    permission = peut_verifier(cible, user)
    if relecture is None or not permission:
        messages.warning(request, permission.reason or "Il n’y a rien à vérifier ici.")
        return redirect(adresse(request, cible))
    contexte = chemin(request, cible) | {"demande": cible, "suivante": suivante(cible, user)}
    if request.method != "POST":
        if (garde := reprendre(request)) is None:
            return redirect(adresse(request, cible) + "#criteres")
        saisie = FormulaireVerifications(initial=garde.dict(), conditions=relecture.conditions)
        return page_demande(request, cible, contexte, cible.permissions(user), saisie)
    saisie = FormulaireVerifications(request.POST, conditions=relecture.conditions)
    if not saisie.is_valid():
        return page_demande(request, cible, contexte, cible.permissions(user), saisie, status=422)
    try:
        changees = verifier(demande=cible, user=user, reponses=saisie.reponses())
    except TransitionRefusee as refus:
        messages.warning(request, str(refus))
    else:
        oublier(request)
        texte = "Vos réponses sont enregistrées." if changees else "Rien n’a changé."
        messages.success(request, texte)
    return redirect(adresse(request, cible) + "#criteres")
