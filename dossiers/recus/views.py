"""Receipts: to get one's own, to verify any, and the public keys to do so elsewhere."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.models import Dossier
from dossiers.recus.controle import Controle, controler, jeu_de_cles
from dossiers.recus.format import RecuInvalide
from dossiers.recus.formulaires import RecuForm
from dossiers.recus.lecture import RecuIllisible
from dossiers.recus.models import Recu
from dossiers.recus.televersement import borner, trop_lourd
from portal.comptes.models import User
from portal.socle.json_canonique import canonique

#: Seconds that a copy of the keys may be kept: a new key is used at once, so that whoever meets a
#: key that they do not know asks again.
FRAICHEUR = 3600
REFUSE = 422


@require_safe
@cache_control(public=True, max_age=FRAICHEUR)
def cles(request: HttpRequest) -> JsonResponse:
    """Every public key that ever signed a receipt, as a JSON Web Key Set (RFC 7517)."""
    return JsonResponse(
        jeu_de_cles(),
        content_type="application/jwk-set+json",
        # Public by nature: a page elsewhere may verify a receipt too.
        headers={"Access-Control-Allow-Origin": "*"},
    )


@csrf_exempt
def verifier(request: HttpRequest) -> HttpResponse:
    """Verify a receipt, without an account. The upload is bounded before anything is read of
    it, the token of the form included: hence the two steps.
    """
    borner(request)
    return _verifier(request)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@csrf_protect
def _verifier(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, RecuForm())
    form = RecuForm(request.POST, request.FILES, trop_lourd=trop_lourd(request))
    if not form.is_valid():
        return _page(request, form, status=REFUSE)
    try:
        controle = controler(form.octets())
    except RecuIllisible as illisible:
        champ = "fichier" if form.cleaned_data["fichier"] is not None else "texte"
        form.add_error(champ, str(illisible))
        return _page(request, form, status=REFUSE)
    except RecuInvalide as invalide:
        return _page(request, form, refus=str(invalide), status=REFUSE)
    return _page(request, form, controle=controle)


def _page(
    request: HttpRequest,
    form: RecuForm,
    *,
    controle: Controle | None = None,
    refus: str = "",
    status: int = 200,
) -> HttpResponse:
    contexte: dict[str, Any] = {
        "form": form,
        "controle": controle,
        "refus": refus,
        # For the script of the page, saved on a disk maybe.
        "cles": json.dumps(jeu_de_cles()),
    }
    return render(request, "recus/verifier.html", contexte, status=status)


@require_safe
@never_cache
@login_required
def telecharger(request: HttpRequest, identifiant: UUID, numero: int) -> HttpResponse:
    """The receipt of one deposit of a dossier of one's own company."""
    recu = _recu(request, identifiant, numero)
    return _fichier(recu.jws.encode(), recu.nom_de_fichier, "application/jose")


@require_safe
@never_cache
@login_required
def contenu(request: HttpRequest, identifiant: UUID, numero: int) -> HttpResponse:
    """What was deposited, as the very bytes of which the receipt names the SHA-256; nothing of a
    content that was erased.
    """
    recu = _recu(request, identifiant, numero)
    if recu.version.dossier.efface_le is not None:
        raise Http404
    octets = canonique(recu.version.contenu)
    return _fichier(octets, recu.nom_du_contenu, "application/json")


def _recu(request: HttpRequest, identifiant: UUID, numero: int) -> Recu:
    visibles = Dossier.objects.visibles_par(cast(User, request.user)).order_by()
    return get_object_or_404(
        Recu.objects.select_related("version__dossier"),
        version__dossier__in=visibles.filter(identifiant=identifiant),
        version__numero=numero,
    )


def _fichier(octets: bytes, nom: str, genre: str) -> HttpResponse:
    return HttpResponse(
        octets,
        content_type=genre,
        headers={"Content-Disposition": f'attachment; filename="{nom}"'},
    )
