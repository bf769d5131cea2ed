"""Getting the documents of a demande one may see; another one does not exist (404)."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dossiers.models import Demande, Document
from portal.comptes.models import User


@require_safe
@never_cache
@login_required
def telecharger(request: HttpRequest, identifiant: UUID) -> FileResponse:
    """The PDF, under a name that says what it is."""
    visibles = Demande.objects.visibles_par(cast(User, request.user))
    document = get_object_or_404(
        Document.objects.defer("contenu")
        .filter(demande__in=visibles.order_by(), produit_le__isnull=False)
        .exclude(fichier="")
        .select_related("demande__dossier"),
        identifiant=identifiant,
    )
    return FileResponse(
        document.fichier.open("rb"),
        as_attachment=True,
        filename=document.nom_de_fichier,
        content_type="application/pdf",
    )


@require_safe
@never_cache
@login_required
def liste(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """The documents of a demande, to be looked at again while one is being prepared."""
    visibles = Demande.objects.visibles_par(cast(User, request.user))
    demande = get_object_or_404(visibles, identifiant=identifiant)
    return render(request, "documents/liste.html", {"demande": demande})
