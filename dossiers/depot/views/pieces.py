"""The files of a dossier: added several at once, named for what they are, taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.depot.acces import connexion_requise, dossier_de, utilisateur
from dossiers.depot.pieces import groupes
from dossiers.models import Dossier, ElementComplement, Piece
from dossiers.pieces import regles
from dossiers.pieces.actes import PieceRefusee, remettre_piece, retirer_piece, typer_piece
from dossiers.pieces.formats import ACCEPTES, EXTENSIONS
from dossiers.pieces.reception import Reception, Refus, recevoir
from dossiers.pieces.televersement import trop_lourds
from dossiers.templatetags.portail import typo
from portal.socle.problemes import en_json, probleme

CHAMP = "fichiers"
REFUSEE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@connexion_requise
def pieces(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """The files of a dossier. POST adds some: a page answers a person, JSON a script."""
    dossier = dossier_de(request, identifiant)
    if request.method != "POST":
        return _page(request, dossier)
    reception = _recevoir(request, dossier)
    if en_json(request):
        return _en_json(request, reception)
    _annoncer(request, reception)
    if reception.refus:
        return _page(request, dossier, reception.refus)
    return redirect(request.get_full_path())


def _recevoir(request: HttpRequest, dossier: Dossier) -> Reception:
    """Keep what can be; a demande or a request for more that is not of this dossier is a 404."""
    element = demande = None
    if code := request.POST.get("element", ""):
        elements = ElementComplement.objects.select_related("complement__demande")
        pk = int(code) if code.isdecimal() else 0
        element = get_object_or_404(elements, pk=pk, complement__demande__dossier=dossier)
    elif code := request.POST.get("pour", ""):
        demande = get_object_or_404(dossier.demandes, pk=int(code) if code.isdecimal() else 0)
    fichiers = request.FILES.getlist(CHAMP)
    lourds = trop_lourds(request, CHAMP)
    if not fichiers and not lourds:
        return Reception(refus=[Refus("", "Choisissez au moins un fichier.")])
    return recevoir(
        fichiers,
        dossier=dossier,
        par=utilisateur(request),
        demande=demande,
        element=element,
        trop_lourds=lourds,
    )


def _annoncer(request: HttpRequest, reception: Reception) -> None:
    for ajout in reception.ajouts:
        if ajout.nouvelle:
            texte = f"« {ajout.piece.nom} » est ajoutée. {ajout.remarque}"
            messages.success(request, typo(texte.strip()))
        else:
            messages.info(request, typo(ajout.remarque))


def _en_json(request: HttpRequest, reception: Reception) -> JsonResponse:
    if reception.refus:
        return probleme(
            request,
            REFUSEE,
            typo(" ".join(refus.message for refus in reception.refus)),
            code="piece-refusee",
            erreurs=[{"champ": r.nom, "message": r.message} for r in reception.refus],
        )
    corps = [
        {"nom": a.piece.nom, "nouvelle": a.nouvelle, "remarque": typo(a.remarque)}
        for a in reception.ajouts
    ]
    return JsonResponse({"pieces": corps}, status=201)


def _page(request: HttpRequest, dossier: Dossier, refus: list[Refus] | None = None) -> HttpResponse:
    demandes = list(dossier.demandes.select_related("version_aide").order_by("pk"))
    contexte = {
        "dossier": dossier,
        "groupes": groupes(dossier, demandes),
        "ajout": regles.ajout(dossier, None, None),
        "ouvertes": [demande for demande in demandes if not demande.est_close],
        "pour": request.POST.get("pour") or request.GET.get("pour", ""),
        "refus": refus or [],
        "types": Piece.Type.choices,
        "zone": zone(dossier),
    }
    return render(request, "depot/pieces.html", contexte, status=REFUSEE if refus else 200)


def zone(dossier: Dossier) -> dict[str, object]:
    """What `depot/_zone_pieces.html` needs to receive files."""
    return {
        "adresse": reverse("depot:pieces", args=[dossier.identifiant]),
        "formats": ACCEPTES,
        "accepte": ",".join(f".{extension}" for extension in sorted(EXTENSIONS)),
        "taille_maximum": regles.TAILLE_MAXIMUM,
    }


# Each act of a file leads back to the page that it was done from.


def _piece(request: HttpRequest, identifiant: uuid.UUID, piece: uuid.UUID) -> Piece:
    dossier = dossier_de(request, identifiant)
    return get_object_or_404(dossier.pieces.select_related("dossier"), identifiant=piece)


def _revenir(request: HttpRequest, piece: Piece) -> HttpResponse:
    suite = request.POST.get("suite", "")
    if not url_has_allowed_host_and_scheme(suite, allowed_hosts=None):
        suite = reverse("depot:pieces", args=[piece.dossier.identifiant])
    return redirect(suite)


def _faire(request: HttpRequest, acte: Callable[[], Piece], fait: str) -> None:
    try:
        piece = acte()
    except PieceRefusee as refus:
        messages.error(request, typo(refus))
    else:
        texte = fait.format(nom=piece.nom, type=piece.get_type_display())
        messages.success(request, typo(texte))


@require_POST
@connexion_requise
def retirer(request: HttpRequest, identifiant: uuid.UUID, piece: uuid.UUID) -> HttpResponse:
    """Take a file back; it can be put back for a day."""
    cible = _piece(request, identifiant, piece)
    par = utilisateur(request)
    fait = "« {nom} » est retirée. Vous pouvez la remettre pendant un jour."
    _faire(request, lambda: retirer_piece(piece=cible, par=par), fait)
    return _revenir(request, cible)


@require_POST
@connexion_requise
def remettre(request: HttpRequest, identifiant: uuid.UUID, piece: uuid.UUID) -> HttpResponse:
    """Put back a file that was taken back."""
    cible = _piece(request, identifiant, piece)
    par = utilisateur(request)
    _faire(request, lambda: remettre_piece(piece=cible, par=par), "« {nom} » est remise.")
    return _revenir(request, cible)


@require_POST
@connexion_requise
def typer(request: HttpRequest, identifiant: uuid.UUID, piece: uuid.UUID) -> HttpResponse:
    """Say what a file is."""
    cible = _piece(request, identifiant, piece)
    par, choisi = utilisateur(request), request.POST.get("type", "")
    fait = "« {nom} » est enregistrée comme : {type}."
    _faire(request, lambda: typer_piece(piece=cible, type_piece=choisi, par=par), fait)
    return _revenir(request, cible)
