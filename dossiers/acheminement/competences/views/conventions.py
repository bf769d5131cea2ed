"""Agreements: the list, one of them with what rests on it, writing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.acheminement.competences.formulaires import FormulaireConvention, recherches
from dossiers.acheminement.competences.presentation import (
    etat_convention,
    historique,
    lire,
    nommer,
    periode,
)
from dossiers.rapprochement.editeur.acces import gestion_requise, organismes_de, personne
from dossiers.rapprochement.editeur.views.commun import CONFLIT, REFUSE, cherche, revision_vue
from dossiers.saisies import oublier, reprendre
from territoires.organismes import actes
from territoires.organismes.models import Convention, NatureAide
from territoires.perimetre import libelles

PAR_PAGE = 25
DEPASSEE = (
    "Quelqu’un d’autre a changé cette convention entre-temps. Ce que vous aviez saisi est encore "
    "là : relisez, puis enregistrez à nouveau pour l’écrire par-dessus."
)


@gestion_requise
@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    """Those to which one's organismes are a party."""
    organismes_de(request)
    q = request.GET.get("q", "").strip().replace("\x00", "")[:100]
    conventions = Convention.objects.visibles_par(personne(request))
    if q:
        conventions = conventions.filter(reference__icontains=q)
    ordre = conventions.order_by("reference", "pk").prefetch_related("donneurs", "receveurs")
    page = Paginator(ordre, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {"page": page, "lignes": [_lue(c) for c in page], "q": q}
    return render(request, "competences/conventions.html", contexte)


def _lue(convention: Convention) -> dict[str, Any]:
    etat, ton = etat_convention(convention)
    quand = periode(convention.debut, convention.fin)
    return {"convention": convention, "etat": etat, "ton": ton, "quand": quand}


@gestion_requise
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """What a convention says, and the competences that rest on it."""
    convention = _convention(request, code)
    appuyees = list(convention.competences.with_details().order_by("nature", "debut", "pk"))
    modifiables = Convention.objects.modifiables_par(personne(request))
    contexte = {
        **_lue(convention),
        "ou": nommer(convention.perimetre, libelles(convention.perimetre)),
        "natures": [NatureAide(nature).label for nature in convention.natures],
        "lues": lire(appuyees, timezone.localdate()),
        "historique": historique(convention),
        "modifiable": modifiables.filter(pk=convention.pk).exists(),
    }
    return render(request, "competences/convention.html", contexte)


def _convention(request: HttpRequest, code: str) -> Convention:
    """One that the person may see, or 404."""
    visibles = Convention.objects.visibles_par(personne(request))
    return get_object_or_404(visibles.prefetch_related("donneurs", "receveurs"), code=code)


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def ajouter(request: HttpRequest) -> HttpResponse:
    """Write down a new one."""
    organismes_de(request)
    return _formulaire(request, None)


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, code: str) -> HttpResponse:
    """Change what it says, or its last day."""
    convention = _convention(request, code)
    if not Convention.objects.modifiables_par(personne(request)).filter(pk=convention.pk).exists():
        raise Http404
    return _formulaire(request, convention)


def _formulaire(request: HttpRequest, convention: Convention | None) -> HttpResponse:
    pose = request.method == "POST"
    garde = None if pose else reprendre(request)
    cherchee = pose and cherche(request.POST)
    form = FormulaireConvention(
        request.POST if pose else garde,
        garde=cherchee or garde is not None,
        initial=FormulaireConvention.initiales(convention) if convention else {},
    )
    conflit = ""
    if pose and not cherchee and form.is_valid():
        try:
            ecrite = _ecrire(request, convention, form)
        except actes.ChangementRefuse as refus:
            for champ, message in refus.defauts:
                form.add_error(champ if champ in form.fields else None, message)
        except actes.RevisionDepassee:
            conflit = DEPASSEE
            convention = _convention(request, convention.code) if convention else None
        else:
            oublier(request)
            messages.success(request, "La convention est enregistrée.")
            return redirect("competences:convention", ecrite.code)
    contexte = {
        "form": form,
        "recherches": recherches(form),
        "convention": convention,
        "conflit": conflit,
    }
    status = CONFLIT if conflit else REFUSE if form.errors else 200
    return render(request, "competences/convention_formulaire.html", contexte, status=status)


def _ecrire(
    request: HttpRequest, convention: Convention | None, form: FormulaireConvention
) -> Convention:
    if convention is None:
        return actes.creer_convention(texte=form.texte(), par=personne(request))
    return actes.modifier_convention(
        convention=convention,
        texte=form.texte(),
        revision=revision_vue(request),
        par=personne(request),
    )
