"""« Mon catalogue »: the drafts and the aides of the organismes whose catalogue one keeps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aides.controle.chargement import contexte_du
from aides.controle.contexte import JOURS_DE_RELECTURE
from aides.controle.verification import controler_aide
from aides.echange import document_de
from aides.edition import actes
from aides.filtres import ETATS, etat_de
from aides.models import Aide, BrouillonAide, VersionAide
from dossiers.rapprochement.editeur.acces import (
    aide_de,
    gestion_requise,
    organismes_de,
    personne,
)
from dossiers.rapprochement.editeur.formulaires import FormulaireImport, FormulaireNouvelle
from dossiers.rapprochement.editeur.views.commun import REFUSE
from dossiers.saisies import oublier, reprendre
from portal.socle.json_strict import DocumentInvalide
from territoires.normalisation import sans_accents

PAR_PAGE = 20


@dataclass(frozen=True, slots=True)
class Ligne:
    """One published aide: its version, its state today, what the check finds."""

    aide: Aide
    version: VersionAide
    etat: str
    libelle_etat: str
    constats: int
    brouillon: BrouillonAide | None


@gestion_requise
@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    """Drafts first, then the published aides, searched by name."""
    organismes = organismes_de(request)
    user, q = personne(request), request.GET.get("q", "").strip()[:100]
    brouillons = BrouillonAide.objects.visibles_par(user).select_related(
        "organisme", "modifie_par", "aide"
    )
    aides = Aide.objects.modifiables_par(user)
    if q:
        aides = aides.filter(Q(version__texte__icontains=sans_accents(q)) | Q(code__icontains=q))
        brouillons = brouillons.filter(document__titre__icontains=q)
    ordre = aides.with_version().order_by("version__titre", "pk")
    page = Paginator(ordre, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "q": q,
        "brouillons": brouillons if page.number == 1 else [],
        "page": page,
        "lignes": _lignes(page, brouillons),
        "organismes": organismes[:5],
        "vide": not q and not page.paginator.count and not brouillons,
    }
    return render(request, "editeur/liste.html", contexte)


def _lignes(page: Page[Aide], brouillons: Any) -> list[Ligne]:
    le = timezone.localdate()
    par_aide = {brouillon.aide_id: brouillon for brouillon in brouillons}
    constats = _constats([aide for aide in page if aide.version is not None], le)
    return [
        Ligne(
            aide, aide.version, etat_de(aide.version, le), ETATS[etat_de(aide.version, le)],
            constats[aide.code], par_aide.get(aide.pk),
        )
        for aide in page
        if aide.version is not None
    ]  # fmt: skip


def _constats(aides: list[Aide], le: date) -> Counter[str]:
    """How many findings each aide has, in a constant number of queries."""
    documents = [document_de(aide.version) for aide in aides if aide.version is not None]
    if not documents:
        return Counter()
    contexte = contexte_du(le, JOURS_DE_RELECTURE, documents)
    return Counter(
        constat.aide for document in documents for constat in controler_aide(document, contexte)
    )


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def nouvelle(request: HttpRequest) -> HttpResponse:
    """Begin an aide that does not exist yet."""
    organismes = organismes_de(request)
    garde = reprendre(request) if request.method != "POST" else None
    donnees = request.POST if request.method == "POST" else garde
    form = FormulaireNouvelle(organismes, donnees, garde=garde is not None)
    if request.method == "POST" and form.is_valid():
        brouillon = actes.creer_brouillon_vierge(
            organisme=form.cleaned_data["organisme"],
            titre=form.cleaned_data["titre"],
            par=personne(request),
        )
        oublier(request)
        messages.success(request, "Le brouillon est créé : personne d’autre ne le voit encore.")
        return redirect("editeur:fiche", brouillon.pk)
    status = REFUSE if request.method == "POST" else 200
    return render(request, "editeur/nouvelle.html", {"form": form}, status=status)


@gestion_requise
@require_POST
def modifier(request: HttpRequest, code: str) -> HttpResponse:
    """The draft of the next version of an aide: the one that waits, or a new one."""
    brouillon = actes.creer_brouillon(aide=aide_de(request, code), par=personne(request))
    return redirect("editeur:conditions", brouillon.pk)


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def importer(request: HttpRequest) -> HttpResponse:
    """Drafts from a file of the exchange format: nothing is published."""
    organismes = organismes_de(request)
    poste = request.method == "POST"
    form = FormulaireImport(
        organismes, request.POST if poste else None, files=request.FILES if poste else None
    )
    fautes: list[str] = []
    if poste and form.is_valid():
        try:
            brouillons = actes.importer_brouillons(
                octets=form.cleaned_data["fichier"].read(),
                organisme=form.cleaned_data["organisme"],
                par=personne(request),
            )
        except DocumentInvalide as invalide:
            fautes = [str(defaut) for defaut in invalide.defauts]
        else:
            return _importes(request, brouillons)
    contexte = {"form": form, "fautes": fautes}
    return render(request, "editeur/importer.html", contexte, status=REFUSE if poste else 200)


def _importes(request: HttpRequest, brouillons: list[BrouillonAide]) -> HttpResponse:
    if len(brouillons) == 1:
        messages.success(request, "Le fichier est repris dans ce brouillon ; rien n’est publié.")
        return redirect("editeur:conditions", brouillons[0].pk)
    messages.success(request, f"{len(brouillons)} brouillons repris ; rien n’est publié.")
    return redirect("editeur:liste")
