"""A file, to whoever may read it: shown when browsers can do it safely, else downloaded."""

from __future__ import annotations

import logging
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from dossiers.models import Piece
from portal.comptes.models import User

journal = logging.getLogger(__name__)

#: Nothing in a file runs, loads or sends; only our pages frame it.
BAC_A_SABLE = "default-src 'none'; sandbox; frame-ancestors 'self'"
#: Browsers put their PDF viewer in a page that has the headers of the file: several refuse it in
#: a sandbox, or without the styles and the object of that page. A PDF holds no page of ours.
VISIONNEUSE = (
    "default-src 'none'; img-src 'self' data:; object-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)


@require_safe
@never_cache
@xframe_options_sameorigin
@login_required
def piece(request: HttpRequest, identifiant: UUID) -> FileResponse:
    """The content of a file; `?telecharger` saves it rather than showing it."""
    visibles = Piece.objects.visibles_par(cast("User", request.user))
    trouvee = get_object_or_404(visibles, identifiant=identifiant)
    try:
        contenu = trouvee.fichier.open("rb")
    except OSError as perdu:
        journal.exception("Pièce %s : le stockage ne l’a plus", trouvee.pk)
        raise Http404 from perdu
    montrer = trouvee.affichage and "telecharger" not in request.GET
    politique = VISIONNEUSE if trouvee.affichage == "pdf" else BAC_A_SABLE
    return FileResponse(
        contenu,
        as_attachment=not montrer,
        filename=trouvee.nom,
        # Texts are in UTF-8 or in Windows-1252: programs tell them apart better than we do.
        content_type=trouvee.type_mime,
        headers={
            "Content-Security-Policy": politique,
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
