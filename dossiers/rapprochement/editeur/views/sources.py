"""The texts and pages that a draft cites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from aides.edition import actes
from aides.edition.arbre import OperationRefusee, feuilles
from aides.edition.operations import DefinirSource, arbres
from aides.models import BrouillonAide
from dossiers.rapprochement.editeur.acces import brouillon_de, gestion_requise
from dossiers.rapprochement.editeur.champs import phrase
from dossiers.rapprochement.editeur.formulaires import FormulaireSource, cle_de
from dossiers.rapprochement.editeur.views.commun import (
    CONFLIT,
    REFUSE,
    modifier,
    page,
    page_en_conflit,
)
from dossiers.saisies import oublier, reprendre


@dataclass(frozen=True, slots=True)
class Citee:
    """One source of the draft, and how many conditions and amounts cite it."""

    cle: str
    source: dict[str, Any]
    citations: int


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: HttpRequest, pk: int) -> HttpResponse:
    """Every source; its button removes one that nothing cites."""
    brouillon = brouillon_de(request, pk)
    refus = ""
    if request.method == "POST":
        try:
            modifier(request, brouillon, DefinirSource(request.POST.get("retirer", ""), None))
        except actes.RevisionDepassee:
            contexte = {"sources": _citees(brouillon), "refus": ""}
            return page_en_conflit(request, "editeur/sources.html", pk, contexte)
        except OperationRefusee as refusee:
            refus = phrase(refusee.message)
        else:
            messages.success(request, "La source est retirée.")
            return redirect("editeur:sources", pk)
    contexte = {"sources": _citees(brouillon), "refus": refus}
    status = CONFLIT if refus else 200
    return page(request, "editeur/sources.html", brouillon, contexte, status)


def _citees(brouillon: BrouillonAide) -> list[Citee]:
    document = brouillon.document
    citations = [f.get("source") for _, arbre in arbres(document) for _, f in feuilles(arbre)]
    citations += [montant.get("source") for montant in document.get("montants", [])]
    return [
        Citee(cle, source, citations.count(cle))
        for cle, source in sorted(document.get("sources", {}).items())
    ]


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, pk: int, cle: str = "") -> HttpResponse:
    """A new source, or one that is changed: every condition that cites it changes with it."""
    brouillon = brouillon_de(request, pk)
    connues = brouillon.document.get("sources", {})
    if cle and cle not in connues:
        raise Http404
    garde = reprendre(request) if request.method != "POST" else None
    initiales = FormulaireSource.initiales(connues[cle]) if cle else {"verifie": False}
    donnees = request.POST if request.method == "POST" else garde
    form = FormulaireSource(donnees, garde=garde is not None, initial=initiales)
    contexte = {"form": form, "cle": cle}
    if request.method != "POST":
        return page(request, "editeur/source.html", brouillon, contexte)
    if not form.is_valid():
        return page(request, "editeur/source.html", brouillon, contexte, REFUSE)
    nom = cle or cle_de(form.cleaned_data["libelle"], connues)
    try:
        modifier(request, brouillon, DefinirSource(nom, form.valeur()))
    except actes.RevisionDepassee:
        return page_en_conflit(request, "editeur/source.html", pk, contexte)
    except OperationRefusee as refus:
        form.add_error(None, phrase(refus.message))
        return page(request, "editeur/source.html", brouillon, contexte, CONFLIT)
    oublier(request)
    messages.success(request, "La source est enregistrée.")
    return redirect("editeur:sources", pk)
