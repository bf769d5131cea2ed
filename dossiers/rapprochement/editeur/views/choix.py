"""The results of a search within a form: what can be ticked, beside what is ticked already."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dossiers.rapprochement.editeur.acces import gestion_requise, organismes_de
from dossiers.rapprochement.editeur.selecteurs import SELECTEURS

NOM_MAXIMUM = 40


@gestion_requise
@require_safe
def chercher(request: HttpRequest, genre: str) -> HttpResponse:
    """`?nom=codes&codes_q=…&codes=…`: the list under the field `nom`, as the page draws it."""
    organismes_de(request)
    if genre not in SELECTEURS:
        raise Http404
    selecteur = SELECTEURS[genre]
    nom = request.GET.get("nom", "")[:NOM_MAXIMUM]
    codes = [code for code in request.GET.getlist(nom) if selecteur.accepte(code)]
    q = request.GET.get(f"{nom}_q", "")
    recherche = {
        "nom": nom,
        "q": q,
        "choisis": selecteur.choisis(sorted(codes)),
        "resultats": selecteur.trouver(q, codes),
    }
    return render(request, "editeur/_selecteur_liste.html", {"recherche": recherche})
