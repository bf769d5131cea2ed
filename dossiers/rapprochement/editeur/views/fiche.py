"""The fields of a draft: what the aide is, where and when; and giving the draft up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aides.edition import actes
from aides.edition.arbre import OperationRefusee
from aides.edition.examen import Examen, Remarque, examiner
from aides.edition.operations import Champs
from dossiers.rapprochement.editeur.acces import brouillon_de, gestion_requise, personne
from dossiers.rapprochement.editeur.champs import CodesField, Recherche, phrase
from dossiers.rapprochement.editeur.formulaires import FormulaireCadre, FormulaireFiche
from dossiers.rapprochement.editeur.views.commun import (
    CONFLIT,
    REFUSE,
    cherche,
    conflit_sur,
    modifier,
    page,
    page_en_conflit,
    revision_vue,
)
from dossiers.saisies import oublier, reprendre


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def fiche(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, promise, description, nature, porteurs."""
    return _champs(request, pk, FormulaireFiche, "editeur/fiche.html")


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def cadre(request: HttpRequest, pk: int) -> HttpResponse:
    """Périmètre, dates, status, where it is asked for."""
    return _champs(request, pk, FormulaireCadre, "editeur/cadre.html")


def _champs(
    request: HttpRequest,
    pk: int,
    classe: type[FormulaireFiche] | type[FormulaireCadre],
    gabarit: str,
) -> HttpResponse:
    brouillon = brouillon_de(request, pk)
    garde = reprendre(request) if request.method != "POST" else None
    cherchee = request.method == "POST" and cherche(request.POST)
    donnees = request.POST if request.method == "POST" else garde
    form = classe(
        donnees,
        garde=cherchee or garde is not None,
        initial=classe.initiales(brouillon.document),
    )
    examen = examiner(brouillon.document)
    contexte: dict[str, Any] = {
        "form": form,
        "recherches": recherches(form),
        "examen": examen,
        "remarques": _remarques(form, examen),
    }
    if request.method != "POST" or cherchee:
        return page(request, gabarit, brouillon, contexte)
    if not form.is_valid():
        return page(request, gabarit, brouillon, contexte, REFUSE)
    try:
        modifier(request, brouillon, Champs(form.valeurs(brouillon.document)))
    except actes.RevisionDepassee:
        return page_en_conflit(request, gabarit, pk, contexte)
    except OperationRefusee as refus:
        form.add_error(None, phrase(refus.message))
        return page(request, gabarit, brouillon, contexte, CONFLIT)
    oublier(request)
    messages.success(request, "Enregistré.")
    return redirect(request.path)


#: Key of the document -> the field that shows it, where the two differ.
_CHAMPS = {"porteurs": "financeurs", "voie": "url_externe"}


def _remarques(
    form: FormulaireFiche | FormulaireCadre, examen: Examen
) -> list[tuple[BoundField, Remarque]]:
    """What is left to say in these fields, each with its field."""
    trouvees = []
    for remarque in examen.remarques:
        cle = remarque.chemin.partition("/")[0]
        nom = _CHAMPS.get(cle, cle)
        if nom in form.fields:
            trouvees.append((form[nom], remarque))
    return trouvees


def recherches(form: FormulaireFiche | FormulaireCadre) -> dict[str, Recherche]:
    """What the template needs of each field whose codes are picked from a list."""
    return {c.name: Recherche(c) for c in form if isinstance(c.field, CodesField)}


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def abandonner(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away, once told what is lost and what stays."""
    brouillon = brouillon_de(request, pk)
    conflit = None
    if request.method == "POST":
        try:
            actes.supprimer_brouillon(
                brouillon=brouillon, revision=revision_vue(request), par=personne(request)
            )
        except actes.RevisionDepassee:
            brouillon = brouillon_de(request, pk)
            conflit = conflit_sur(brouillon)
        else:
            messages.success(request, f"Le brouillon « {brouillon.titre} » est abandonné.")
            return redirect("editeur:liste")
    contexte = {"brouillon": brouillon, "conflit": conflit}
    status = CONFLIT if conflit else 200
    return render(request, "editeur/abandonner.html", contexte, status=status)
