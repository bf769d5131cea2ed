"""Who is competent for what: the list, one of them, and what somebody wants to change of it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aides.emprise import Emprise
from dossiers.acheminement.competences.couverture import codes_employes, perimetre_du_trou
from dossiers.acheminement.competences.formulaires import (
    FiltreCompetences,
    FormulaireCompetence,
    FormulaireTerminer,
    recherches,
)
from dossiers.acheminement.competences.presentation import historique, lire
from dossiers.rapprochement.editeur.acces import gestion_requise, organismes_de, personne
from dossiers.rapprochement.editeur.views.commun import REFUSE, cherche
from dossiers.saisies import oublier, reprendre
from territoires.organismes.actes import ChangementRefuse, changement_de, preparer_operations
from territoires.organismes.models import Competence, NatureAide
from territoires.organismes.operations import modification, suppression, valeurs_de

PAR_PAGE = 25
EPCI = re.compile(r"EPCI-[0-9]{9}", re.ASCII)
PREPARE = "C’est préparé : rien n’est encore appliqué. Relisez ce que cela ferait."


@gestion_requise
@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    """The competences of one's desks, by nature, desk, place and day."""
    organismes_de(request)
    user = personne(request)
    form = FiltreCompetences(user, request.GET)
    trouvees = _filtrees(form, Competence.objects.gerees_par(user).with_details())
    page = Paginator(trouvees, PAR_PAGE).get_page(request.GET.get("page"))
    le = form.cleaned_data.get("le") or timezone.localdate()
    contexte = {
        "form": form,
        "page": page,
        "lues": lire(list(page), le),
        "changement": changement_de(user),
        "filtree": any(request.GET.get(nom) for nom in ("nature", "guichet", "lieu")),
    }
    return render(request, "competences/liste.html", contexte)


def _filtrees(form: FiltreCompetences, competences: Any) -> list[Competence]:
    """Those of the filter; a field that cannot be read is said, and does not count."""
    form.is_valid()
    lus = form.cleaned_data
    if lus.get("nature"):
        competences = competences.filter(nature=lus["nature"])
    if lus.get("guichet"):
        competences = competences.filter(guichet=lus["guichet"])
    if lus.get("le"):
        competences = competences.en_vigueur(lus["le"])
    ordre = ("nature", "guichet__organisme__nom", "guichet__nom", "debut", "pk")
    trouvees = list(competences.order_by(*ordre))
    communes = lus.get("lieu")
    if communes is None:
        return trouvees
    nommees = [code for code in codes_employes(trouvees, ()) if code.startswith("COM-")]
    emprise = Emprise.de(communes, nommees)
    return [c for c in trouvees if emprise.reste(c.perimetre, c.exclusions)]


@gestion_requise
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a competence says, on which convention it rests, and its history."""
    competence = _competence(request, pk)
    contexte = {
        "lue": lire([competence], timezone.localdate())[0],
        "historique": historique(competence),
        "changement": changement_de(personne(request)),
    }
    return render(request, "competences/competence.html", contexte)


def _competence(request: HttpRequest, pk: int) -> Competence:
    """One of a desk of the person's organismes, or 404."""
    miennes = Competence.objects.gerees_par(personne(request)).with_details()
    return get_object_or_404(miennes, pk=pk)


# ------------------------------------------------------------------ changing


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def ajouter(request: HttpRequest) -> HttpResponse:
    """Prepare a new competence; the address may name the hole that it is to close."""
    organismes_de(request)
    return _formulaire(request, None, _du_trou(request))


def _du_trou(request: HttpRequest) -> dict[str, Any]:
    """The nature and the places of the hole of the address; what it names badly is left out."""
    nature, epci = request.GET.get("nature", ""), request.GET.get("trou", "")
    if nature not in NatureAide.values:
        return {}
    try:
        le = date.fromisoformat(request.GET.get("le", ""))
    except ValueError:
        le = timezone.localdate()
    lieux = perimetre_du_trou(epci, nature, le) if EPCI.fullmatch(epci) else []
    return {"nature": nature, "perimetre": lieux}


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare another périmètre, other dates, another convention."""
    competence = _competence(request, pk)
    return _formulaire(request, competence, FormulaireCompetence.initiales(competence))


def _formulaire(
    request: HttpRequest, competence: Competence | None, initial: dict[str, Any]
) -> HttpResponse:
    pose = request.method == "POST"
    garde = None if pose else reprendre(request)
    cherchee = pose and cherche(request.POST)
    form = FormulaireCompetence(
        personne(request),
        request.POST if pose else garde,
        actuelle=competence,
        garde=cherchee or garde is not None,
        initial=initial,
    )
    if pose and not cherchee and form.is_valid():
        try:
            preparer_operations(par=personne(request), operations=form.operations())
        except ChangementRefuse as refus:
            for champ, message in refus.defauts:
                form.add_error(champ if champ in form.fields else None, message)
        else:
            oublier(request)
            messages.success(request, PREPARE)
            return redirect("competences:changement")
    lue = lire([competence], timezone.localdate())[0] if competence else None
    contexte = {"form": form, "recherches": recherches(form), "lue": lue}
    status = REFUSE if form.errors else 200
    return render(request, "competences/formulaire.html", contexte, status=status)


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def terminer(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the end of a competence."""
    competence = _competence(request, pk)
    pose = request.method == "POST"
    donnees = request.POST if pose else reprendre(request)
    jour = competence.fin or timezone.localdate()
    form = FormulaireTerminer(
        donnees, garde=not pose and donnees is not None, initial={"fin": jour}
    )
    if pose and form.is_valid():
        fin: date = form.cleaned_data["fin"]
        voulues = {**valeurs_de(competence), "fin": fin.isoformat()}
        try:
            preparer_operations(
                par=personne(request), operations=[modification(competence, voulues)]
            )
        except ChangementRefuse as refus:
            form.add_error("fin", str(refus))
        else:
            oublier(request)
            messages.success(request, PREPARE)
            return redirect("competences:changement")
    contexte = {"form": form, "lue": lire([competence], timezone.localdate())[0]}
    status = REFUSE if form.errors else 200
    return render(request, "competences/terminer.html", contexte, status=status)


@gestion_requise
@require_POST
def supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the deletion of what was written by mistake."""
    competence = _competence(request, pk)
    preparer_operations(par=personne(request), operations=[suppression(competence)])
    messages.success(request, PREPARE)
    return redirect("competences:changement")
