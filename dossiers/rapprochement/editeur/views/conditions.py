"""The criteria of a draft as a tree, and what its buttons do to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from aides.edition import actes
from aides.edition.arbre import OperationRefusee
from aides.edition.operations import (
    RACINE,
    Ajouter,
    Degrouper,
    Deplacer,
    Descendre,
    Grouper,
    Monter,
    Nier,
    Operation,
    Regler,
    Retirer,
)
from aides.models import BrouillonAide
from dossiers.rapprochement.editeur.acces import brouillon_de, gestion_requise, personne
from dossiers.rapprochement.editeur.champs import phrase
from dossiers.rapprochement.editeur.views.commun import (
    CONFLIT,
    modifier,
    page,
    page_en_conflit,
    revision_vue,
)

#: Acts of one button on one node.
GESTES: Mapping[str, type[Monter | Descendre | Nier | Retirer | Degrouper]] = {
    "monter": Monter,
    "descendre": Descendre,
    "nier": Nier,
    "retirer": Retirer,
    "degrouper": Degrouper,
}
GENRES_DE_GROUPE = (
    ("tous", "Toutes ces conditions"),
    ("un", "Au moins une de ces conditions"),
    ("au_moins", "Au moins un nombre de ces conditions"),
)
#: The step of a path that goes under a negation.
SOUS_NEGATION = "/critere"


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def arbre(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree as nested groups; its buttons post what to do."""
    brouillon = brouillon_de(request, pk)
    refus = ""
    if request.method == "POST":
        try:
            suite = geste_sur_arbre(request, brouillon)
        except actes.RevisionDepassee:
            return page_en_conflit(request, "editeur/conditions.html", pk, contexte_arbre(request))
        except OperationRefusee as refusee:
            refus = phrase(refusee.message)
        else:
            return redirect(suite)
    status = CONFLIT if refus else 200
    return page(
        request, "editeur/conditions.html", brouillon, contexte_arbre(request, refus), status
    )


def contexte_arbre(request: HttpRequest, refus: str = "") -> dict[str, Any]:
    """What the template of a tree needs besides the tree."""
    return {
        "refus": refus,
        "touche": request.GET.get("touche", ""),
        "genres": GENRES_DE_GROUPE,
        "choisis": request.POST.getlist("choisi") if refus else [],
    }


def adresse_arbre(pk: int, chemin: str) -> str:
    """The page that shows a path: the criteria, or those of an amount; its line has the focus."""
    nom = "editeur:conditions" if chemin.startswith(RACINE) else "editeur:montants"
    return f"{reverse(nom, args=[pk])}?{urlencode({'touche': chemin})}"


def geste_sur_arbre(request: HttpRequest, brouillon: BrouillonAide) -> str:
    """Do what the button of a tree says; the address of what it touched.

    Raises RevisionDepassee or OperationRefusee.
    """
    geste, _, chemin = request.POST.get("geste", "").partition(" ")
    par, revision = personne(request), revision_vue(request)
    if geste in ("annuler", "retablir"):
        faire = actes.annuler if geste == "annuler" else actes.retablir
        faire(brouillon=brouillon, revision=revision, par=par)
        return request.path
    _, touche = modifier(request, brouillon, _operation(request.POST, geste, chemin))
    return adresse_arbre(brouillon.pk, touche)


A_COCHER = {
    "regrouper": "Cochez au moins deux conditions à regrouper",
    "ranger": "Cochez une seule condition à ranger",
}


def _operation(donnees: QueryDict, geste: str, chemin: str) -> Operation:
    """What a button of the tree asks for. Raises OperationRefusee."""
    choisis = donnees.getlist("choisi")
    if geste in GESTES:
        return GESTES[geste](chemin)
    if geste == "regler":
        genre = donnees.get(f"genre {chemin}", "")
        return Regler(chemin, genre, _nombre(donnees.get(f"nombre {chemin}")))
    if geste == "sous-groupe":
        return Ajouter(chemin, {"type": "un", "criteres": []})
    if geste == "sortir":
        return _sortir(chemin)
    if geste == "regrouper" and len(choisis) > 1:
        return Grouper(tuple(choisis), donnees.get("genre", ""), _nombre(donnees.get("nombre")))
    if geste == "ranger" and len(choisis) == 1:
        return Deplacer(choisis[0], donnees.get("vers", ""))
    raise OperationRefusee(chemin, A_COCHER.get(geste, "Geste inconnu"))


def _sortir(chemin: str) -> Deplacer:
    """Out of its group, to the place just after it."""
    debut, marque, _ = chemin.removesuffix(SOUS_NEGATION).rpartition("/criteres/")
    groupe = debut.removesuffix(SOUS_NEGATION) if marque else ""
    parent, au_dessus, rang = groupe.rpartition("/criteres/")
    if not au_dessus or not rang.isdecimal():
        raise OperationRefusee(chemin, "Cette condition n’est dans aucun sous-groupe")
    return Deplacer(chemin, parent, int(rang) + 1)


def _nombre(texte: str | None) -> int | None:
    return int(texte) if texte and texte.isdecimal() and len(texte) < 6 else None
