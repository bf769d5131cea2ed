"""Rehearse what publishing would change, publish, follow the search that comes after."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from aides.conditions import conditions
from aides.echange import document_de
from aides.edition import actes
from aides.edition.difference import difference
from aides.edition.examen import Remarque, examiner, remarques_du_controle
from aides.edition.mots import Mots
from aides.models import Aide, BrouillonAide, Publication, VersionAide
from dossiers.rapprochement.editeur.acces import (
    aide_de,
    brouillon_de,
    gestion_requise,
    personne,
)
from dossiers.rapprochement.editeur.formulaires import FormulaireClore
from dossiers.rapprochement.editeur.views.commun import (
    CONFLIT,
    REFUSE,
    page,
    page_de,
    page_en_conflit,
    revision_vue,
)
from dossiers.rapprochement.models import RechercheInverse
from dossiers.rapprochement.repetition import nombre_correspondants, repetition


@gestion_requise
@require_safe
def nombre(request: HttpRequest, pk: int) -> HttpResponse:
    """How many stored dossiers match what the draft says now: a part of its pages."""
    brouillon = brouillon_de(request, pk)
    examen = examiner(brouillon.document)
    critere = conditions(examen.version) if examen.version is not None else examen.critere
    correspondants = None
    if critere is not None:
        correspondants = nombre_correspondants(critere, timezone.localdate())
    contexte = {
        "brouillon": brouillon,
        "examen": examen,
        "correspondants": correspondants,
        "issues": list(correspondants.par_issue.items()) if correspondants else [],
    }
    gabarit = "editeur/_nombre.html" if getattr(request, "htmx", False) else "editeur/nombre.html"
    return render(request, gabarit, contexte)


# ------------------------------------------------------------------ rehearse, publish


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def repeter(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing would change for the stored dossiers; the button publishes."""
    brouillon = brouillon_de(request, pk)
    if request.method != "POST":
        return page(request, "editeur/repeter.html", brouillon, _repetition(brouillon))
    try:
        version = actes.publier_brouillon(
            brouillon=brouillon,
            revision=revision_vue(request),
            version_vue=_version_vue(request),
            par=personne(request),
        )
    except actes.RevisionDepassee:
        contexte = _repetition(brouillon_de(request, pk))
        return page_en_conflit(request, "editeur/repeter.html", pk, contexte)
    except actes.VersionDepassee as depassee:
        contexte = {**_repetition(brouillon), "depassee": str(depassee)}
        return page(request, "editeur/repeter.html", brouillon, contexte, CONFLIT)
    except actes.PublicationRefusee as refusee:
        contexte = _repetition(brouillon, refusee.remarques)
        return page(request, "editeur/repeter.html", brouillon, contexte, REFUSE)
    messages.success(request, f"La version {version.numero} de « {version.titre} » est publiée.")
    return redirect("editeur:suivi", Publication.objects.get(apres=version, motif="version").pk)


def _version_vue(request: HttpRequest) -> int:
    texte = request.POST.get("version_vue", "")
    return int(texte) if texte.isdecimal() and len(texte) < 10 else -1


def _repetition(brouillon: BrouillonAide, refus: tuple[Remarque, ...] = ()) -> dict[str, Any]:
    """The rehearsal of a draft without fault; else what is left to do, each with its page."""
    examen = examiner(brouillon.document)
    en_vigueur = brouillon.aide.version if brouillon.aide else None
    contexte: dict[str, Any] = {
        "examen": examen,
        "en_vigueur": en_vigueur,
        "depassee": "",
        "repetition": None,
        "controle": [],
        "difference": None,
        "a_faire": _a_faire(brouillon, [*refus, *examen.bloquantes]),
    }
    if examen.version is None or contexte["a_faire"]:
        return contexte
    controle = remarques_du_controle(brouillon.document)
    contexte["a_faire"] = _a_faire(brouillon, [r for r in controle if r.bloquante])
    contexte["controle"] = [r for r in controle if not r.bloquante]
    avant = document_en_vigueur(brouillon)
    mots = Mots.pour(avant, brouillon.document)
    contexte["difference"] = difference(avant, brouillon.document, mots)
    contexte["repetition"] = repetition(examen.version, en_vigueur, timezone.localdate())
    return contexte


def document_en_vigueur(brouillon: BrouillonAide) -> dict[str, Any] | None:
    """What the published version of the aide says; None for a new aide."""
    if brouillon.aide is None:
        return None
    version = Aide.objects.with_version().get(pk=brouillon.aide.pk).version
    return document_de(version) if version is not None else None


def _a_faire(
    brouillon: BrouillonAide, remarques: list[Remarque]
) -> list[tuple[str, str, Remarque]]:
    """Each remark with the address and the name of the page that mends it."""
    return [
        (*page_de(brouillon.pk, remarque.chemin), remarque) for remarque in dict.fromkeys(remarques)
    ]


# ------------------------------------------------------------------ afterwards


@gestion_requise
@require_safe
def suivi(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the search of the stored dossiers is, then what it found."""
    publications = Publication.objects.select_related("aide", "apres", "avant").filter(
        aide__in=Aide.objects.modifiables_par(personne(request))
    )
    publication = get_object_or_404(publications, pk=pk)
    recherche = RechercheInverse.objects.filter(publication=publication).with_nombres().first()
    contexte = {"publication": publication, "recherche": recherche}
    return render(request, "editeur/suivi.html", contexte)


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def clore(request: HttpRequest, code: str) -> HttpResponse:
    """Close an aide, once told who would lose it."""
    aide = aide_de(request, code)
    version = aide.version
    assert version is not None  # noqa: S101 - modifiables_par asks for one
    form = FormulaireClore(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _clore(request, aide, version, form)
    contexte = {
        "aide": aide,
        "version": version,
        "form": form,
        "permission": aide.permissions(personne(request))["clore"],
        "repetition": repetition(None, version, timezone.localdate()),
    }
    status = REFUSE if form.errors else 200
    return render(request, "editeur/clore.html", contexte, status=status)


def _clore(
    request: HttpRequest, aide: Aide, version: VersionAide, form: FormulaireClore
) -> HttpResponse:
    try:
        close = actes.clore_aide(
            aide=aide,
            version_vue=_version_vue(request),
            motif=form.cleaned_data["motif"],
            par=personne(request),
        )
    except actes.VersionDepassee as depassee:
        messages.error(request, f"{depassee} Relisez-la avant de clore cette aide.")
        return redirect("editeur:aide", aide.code)
    messages.success(request, f"« {version.titre} » est close.")
    return redirect("editeur:suivi", Publication.objects.get(apres=close, motif="version").pk)
