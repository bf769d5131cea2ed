"""The versions of an aide: its history, how any two differ in French, each as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aides.echange import document_de, ecrire_catalogue
from aides.echange.documents import ranger
from aides.edition.difference import difference
from aides.edition.mots import Mots
from aides.filtres import ETATS, etat_de
from aides.models import Aide, BrouillonAide, VersionAide
from dossiers.rapprochement.editeur.acces import (
    aide_de,
    brouillon_de,
    gestion_requise,
    personne,
)

PAR_PAGE = 20
#: What the list of versions calls the draft, in the address of a comparison.
BROUILLON = "brouillon"


@gestion_requise
@require_safe
def aide(request: HttpRequest, code: str) -> HttpResponse:
    """The page of one aide for who keeps its catalogue: its versions, what can be done."""
    trouvee = aide_de(request, code)
    version = trouvee.version
    assert version is not None  # noqa: S101 - modifiables_par asks for one
    versions = _versions(trouvee).prefetch_related("publications__par", "publications__recherche")
    page = Paginator(versions, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "aide": trouvee,
        "version": version,
        "etat": etat_de(version, timezone.localdate()),
        "libelle_etat": ETATS[etat_de(version, timezone.localdate())],
        "page": page,
        "numeros": list(_versions(trouvee).values_list("numero", flat=True)),
        "brouillon": _brouillon(request, trouvee),
        "permissions": trouvee.permissions(personne(request)),
    }
    return render(request, "editeur/aide.html", contexte)


def _versions(trouvee: Aide) -> QuerySet[VersionAide]:
    return VersionAide.objects.filter(aide=trouvee).order_by("-numero")


def _brouillon(request: HttpRequest, trouvee: Aide) -> BrouillonAide | None:
    brouillons = BrouillonAide.objects.visibles_par(personne(request))
    return brouillons.filter(aide=trouvee).select_related("modifie_par").first()


@gestion_requise
@require_safe
def differences(request: HttpRequest, code: str) -> HttpResponse:
    """`?de=1&a=3` (or `a=brouillon`): what changed from one to the other, in French."""
    trouvee = aide_de(request, code)
    avant = _document(request, trouvee, request.GET.get("de", ""))
    apres = _document(request, trouvee, request.GET.get("a", ""))
    contexte = {
        "aide": trouvee,
        "de": request.GET.get("de", ""),
        "a": request.GET.get("a", ""),
        "difference": difference(avant, apres, Mots.pour(avant, apres)),
        "numeros": list(_versions(trouvee).values_list("numero", flat=True)),
        "brouillon": _brouillon(request, trouvee),
    }
    return render(request, "editeur/differences.html", contexte)


def _document(request: HttpRequest, trouvee: Aide, numero: str) -> Mapping[str, Any]:
    """What a version says, by its number, or the draft. Raises Http404."""
    if numero == BROUILLON:
        brouillon = _brouillon(request, trouvee)
        if brouillon is None:
            raise Http404
        document: dict[str, Any] = brouillon.document
        return document
    if not numero.isdecimal() or len(numero) > 6:
        raise Http404
    return document_de(_version(trouvee, int(numero)))


def _version(trouvee: Aide, numero: int) -> VersionAide:
    versions = VersionAide.objects.select_related("aide").prefetch_related("porteurs__organisme")
    return get_object_or_404(versions, aide=trouvee, numero=numero)


# ------------------------------------------------------------------ files


@gestion_requise
@require_safe
def exporter(request: HttpRequest, code: str, numero: int) -> StreamingHttpResponse:
    """One version in the exchange format."""
    trouvee = aide_de(request, code)
    return _fichier(document_de(_version(trouvee, numero)), f"{code}-version-{numero}.json")


@gestion_requise
@require_safe
def exporter_brouillon(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """A draft in the exchange format, finished or not."""
    brouillon = brouillon_de(request, pk)
    return _fichier(ranger(brouillon.document), f"{brouillon.code}-brouillon.json")


def _fichier(document: Mapping[str, Any], nom: str) -> StreamingHttpResponse:
    reponse = StreamingHttpResponse(ecrire_catalogue([document]), content_type="application/json")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse
