"""The pages of a request for more: ask, correct while it waits, cancel."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dossiers import complements
from dossiers.circuit import CIRCUIT
from dossiers.instruction import actes, actes_complements
from dossiers.instruction.formulaires_suites import QUESTION, FormulaireComplement, Ligne
from dossiers.instruction.views.commun import (
    adresse,
    chemin,
    connexion_requise,
    lire_demande,
    personne,
)
from dossiers.models import Complement, Demande, Piece
from dossiers.saisies import oublier, reprendre
from dossiers.transitions import TransitionRefusee

REFUSE, CONFLIT = 422, 409
FAIRE: dict[str, Callable[..., Complement]] = {
    "demander_complement": actes.demander_complement,
    "corriger_complement": actes_complements.corriger_complement,
}
FAITS = {
    "demander_complement": "Votre demande est partie : l’entreprise est prévenue.",
    "corriger_complement": "Votre demande est corrigée : l’entreprise est prévenue.",
}


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def complement(
    request: HttpRequest, identifiant: UUID, acte: str = "demander_complement"
) -> HttpResponse:
    """Ask for what is missing, or correct what was asked; the buttons of the form add and
    remove lines, or lead to the page where one reads again what the company will, and sends.
    """
    cible = lire_demande(request, identifiant)
    permission = cible.permissions(personne(request))[acte]
    garde = reprendre(request)
    if request.method != "POST":
        if not permission and garde is None:
            messages.warning(request, permission.reason)
            return redirect(adresse(request, cible))
        form = _formulaire(cible, acte, garde, kept=garde is not None)
        return _page(request, cible, acte, form, reprise=garde is not None)
    if {"ajouter", "retirer", "modifier"} & set(request.POST):
        return _page(request, cible, acte, _lignes_changees(cible, acte, request.POST))
    form = _formulaire(cible, acte, request.POST)
    if not form.is_valid():
        return _page(request, cible, acte, form, status=REFUSE)
    if "envoyer" not in request.POST:
        return _relire(request, cible, acte, form)
    try:
        FAIRE[acte](demande=cible, user=personne(request), **form.cleaned_data)
    except TransitionRefusee as refus:
        form.add_error(refus.champ or None, str(refus))
        cible = lire_demande(request, identifiant)
        return _page(request, cible, acte, form, status=CONFLIT)
    oublier(request)
    messages.success(request, FAITS[acte])
    return redirect(adresse(request, cible))


def _formulaire(
    cible: Demande, acte: str, donnees: QueryDict | None, *, kept: bool = False
) -> FormulaireComplement:
    """The form, bound to what was posted; `kept`: shown as it was typed, not checked."""
    courant = complements.en_cours(cible) if acte == "corriger_complement" else None
    corrige = acte == "corriger_complement"
    if donnees is not None and not kept:
        return FormulaireComplement(donnees, courant=courant, corrige=corrige)
    initial = {"etat_vu": cible.etat} | (donnees.dict() if donnees else {})
    form = FormulaireComplement(initial=initial, courant=courant, corrige=corrige)
    if donnees is not None:
        form.lignes = FormulaireComplement(donnees, courant=courant, corrige=corrige).lignes
    return form


def _lignes_changees(cible: Demande, acte: str, donnees: QueryDict) -> FormulaireComplement:
    """The form as it was typed, not checked, with one line more or less."""
    form = _formulaire(cible, acte, donnees, kept=True)
    retiree = donnees.get("retirer", "")
    if retiree.isdecimal():
        form.lignes = [ligne for ligne in form.lignes if ligne.rang != int(retiree)]
    if ("ajouter" in donnees or not form.lignes) and len(form.lignes) < actes.ELEMENTS_MAXIMUM:
        form.lignes.append(Ligne(len(form.lignes)))
    for rang, ligne in enumerate(form.lignes):
        ligne.rang = rang
    return form


def _page(
    request: HttpRequest,
    cible: Demande,
    acte: str,
    form: FormulaireComplement,
    *,
    reprise: bool = False,
    status: int = 200,
) -> HttpResponse:
    contexte = _commun(request, cible, acte, form) | {
        "natures": [(QUESTION, "Une question"), *Piece.Type.choices],
        "complet": len(form.lignes) >= actes.ELEMENTS_MAXIMUM,
        "ajoutee": "ajouter" in request.POST,
        "retiree": "retirer" in request.POST,
        "reprise": reprise,
    }
    return render(request, "instruction/complement.html", contexte, status=status)


def _commun(
    request: HttpRequest, cible: Demande, acte: str, form: FormulaireComplement
) -> dict[str, Any]:
    return chemin(request, cible) | {
        "demande": cible,
        "acte": CIRCUIT[acte],
        "corrige": acte == "corriger_complement",
        "courant": form.courant,
        "form": form,
        "raison": cible.permissions(personne(request))[acte].reason,
    }


def _relire(
    request: HttpRequest, cible: Demande, acte: str, form: FormulaireComplement
) -> HttpResponse:
    """What the company will read, before it leaves: the second of two steps."""
    lu, courant = form.cleaned_data, form.courant
    elements = [*(courant.elements.all() if courant else ()), *lu["elements"]]
    contexte = _commun(request, cible, acte, form) | {
        "lignes": [ligne for ligne in form.lignes if not ligne.vide],
        "apercu": SimpleNamespace(
            elements=elements,
            message=courant.message if courant else lu["message"],
            attendue_le=lu["attendue_le"],
            echeance=complements.echeance_prevue(cible, lu["attendue_le"]),
        ),
        "questions_seules": not any(element.type_piece for element in elements),
    }
    return render(request, "instruction/complement_relire.html", contexte)


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def annuler(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Ask before a request for more is cancelled, and do it on POST."""
    cible = lire_demande(request, identifiant)
    user = personne(request)
    permission = cible.permissions(user)["annuler_complement"]
    courant = complements.en_cours(cible)
    if not permission or courant is None:
        messages.warning(request, permission.reason)
        return redirect(adresse(request, cible))
    if request.method == "POST":
        etat_vu = request.POST.get("etat_vu", "")[:20]
        try:
            actes_complements.annuler_complement(demande=cible, user=user, etat_vu=etat_vu)
        except TransitionRefusee as refus:
            messages.error(request, str(refus))
        else:
            messages.success(
                request,
                "Demande annulée : le délai court de nouveau, l’entreprise est prévenue.",
            )
        return redirect(adresse(request, cible))
    contexte = chemin(request, cible) | {
        "demande": cible,
        "acte": CIRCUIT["annuler_complement"],
        "complement": courant,
    }
    return render(request, "instruction/complement_annuler.html", contexte)
