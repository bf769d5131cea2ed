"""What is expected from the company, what it writes to a desk, and withdrawing a demande."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.depot.acces import connexion_requise, dossier_de, utilisateur
from dossiers.depot.actes.suites import (
    ReponseIncomplete,
    enregistrer_reponses,
    repondre,
    retirer,
)
from dossiers.depot.formulaires_suites import (
    FormulaireReponse,
    FormulaireRetirer,
    champ_fichiers,
    champ_reponse,
)
from dossiers.depot.pieces import Ligne, lignes
from dossiers.depot.views.pieces import zone
from dossiers.formulaires import FormulaireMessage
from dossiers.messagerie import ENTREPRISE, GUICHET, NOUVEAU, ecrire, fil, marquer_lus, peut_ecrire
from dossiers.models import Complement, Demande, Dossier, ElementComplement, Message, Piece
from dossiers.pieces.actes import PieceRefusee, retirer_piece
from dossiers.pieces.reception import Refus, recevoir
from dossiers.pieces.televersement import trop_lourds
from dossiers.saisies import oublier, reprendre
from dossiers.transitions import TransitionRefusee

REFUSE, CONFLIT = 422, 409


@dataclass(frozen=True, slots=True)
class Attendu:
    """One thing asked for: its field, its files, and those that were refused."""

    element: ElementComplement
    champ: BoundField
    fichiers: str
    lignes: list[Ligne]
    refus: list[Refus]
    manque: bool

    @property
    def est_piece(self) -> bool:
        return self.element.genre == ElementComplement.Genre.PIECE


@dataclass(frozen=True, slots=True)
class Saisie:
    """A posted answer that could not be sent: its form, and why."""

    form: FormulaireReponse
    refus: Mapping[int, list[Refus]] = field(default_factory=dict)
    manquants: list[ElementComplement] = field(default_factory=list)
    message: str = ""


@dataclass(frozen=True, slots=True)
class Demandee:
    """One request for more, as the company answers it."""

    complement: Complement
    saisie: Saisie
    attendus: list[Attendu]


# ------------------------------------------------------------------ things to do


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@connexion_requise
def a_faire(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """All that the desks of a dossier expect; POST keeps an answer, or sends it."""
    dossier = dossier_de(request, identifiant)
    if dossier.est_brouillon:
        return redirect("depot:dossier", identifiant)
    if request.method != "POST":
        return _page(request, dossier)
    code = request.POST.get("complement", "")
    complement = get_object_or_404(
        Complement.objects.select_related("demande__dossier__entreprise", "guichet"),
        pk=int(code) if code.isdecimal() else 0,
        demande__dossier=dossier,
    )
    return _recevoir(request, dossier, complement)


def _recevoir(request: HttpRequest, dossier: Dossier, complement: Complement) -> HttpResponse:
    form = FormulaireReponse(complement, request.POST)
    if not form.is_valid():
        return _page(request, dossier, complement, Saisie(form))
    user = utilisateur(request)
    try:
        if complement.est_en_cours:
            enregistrer_reponses(complement=complement, user=user, reponses=form.reponses())
            if refus := _fichiers(request, dossier, form):
                return _page(request, dossier, complement, Saisie(form, refus))
        if "envoyer" in request.POST:
            repondre(
                complement=complement,
                user=user,
                incomplete=bool(form.cleaned_data.get("incomplete")),
            )
    except ReponseIncomplete as incomplete:
        form = FormulaireReponse(complement, request.POST, confirmer=True)
        form.is_valid()
        saisie = Saisie(form, manquants=incomplete.manquants, message=str(incomplete))
        return _page(request, dossier, complement, saisie)
    except TransitionRefusee as refus:
        messages.warning(request, str(refus))
        return redirect("depot:suivi", dossier.identifiant)
    oublier(request)
    if "envoyer" in request.POST:
        messages.success(request, "Votre réponse est partie : le guichet est prévenu.")
        return redirect("depot:suivi", dossier.identifiant)
    messages.success(
        request, "Brouillon enregistré. Le guichet ne verra vos réponses qu’une fois envoyées."
    )
    ancre = f"#complement-{complement.pk}"
    return redirect(reverse("depot:a_faire", args=[dossier.identifiant]) + ancre)


def _fichiers(
    request: HttpRequest, dossier: Dossier, form: FormulaireReponse
) -> dict[int, list[Refus]]:
    """Keep the files that came with the form, and take back the one its button names."""
    user, refus = utilisateur(request), {}
    for element in form.elements:
        champ = champ_fichiers(element)
        reception = recevoir(
            request.FILES.getlist(champ),
            dossier=dossier,
            par=user,
            element=element,
            trop_lourds=trop_lourds(request, champ),
        )
        if reception.refus:
            refus[element.pk] = reception.refus
    retiree = dossier.pieces.filter(
        element__in=form.elements, pk__in=filter(str.isdecimal, request.POST.getlist("retirer"))
    ).first()
    if retiree is not None and retiree.element is not None:
        try:
            retirer_piece(piece=retiree, par=user)
        except PieceRefusee as faute:
            refus[retiree.element.pk] = [Refus(retiree.nom, str(faute))]
    return refus


def _page(
    request: HttpRequest,
    dossier: Dossier,
    saisi: Complement | None = None,
    saisie: Saisie | None = None,
) -> HttpResponse:
    """Every request that waits; `saisie` is what was posted for `saisi`, and refused."""
    garde = reprendre(request) if saisie is None else None
    complements = list(
        Complement.objects.filter(demande__dossier=dossier, close_le__isnull=True)
        .select_related("demande__version_aide", "demande__dossier", "guichet")
        .prefetch_related("elements")
        .order_by("attendue_le", "pk")
    )
    par_element: dict[int | None, list[Ligne]] = {}
    for ligne in lignes(Piece.objects.gardees().filter(element__complement__in=complements)):
        par_element.setdefault(ligne.piece.element_id, []).append(ligne)
    demandees = []
    for complement in complements:
        posee = saisie if saisie is not None and complement == saisi else None
        if posee is None:
            posee = Saisie(FormulaireReponse(complement, initial=_gardees(garde, complement)))
        demandees.append(Demandee(complement, posee, _attendus(posee, par_element)))
    recus = Message.objects.filter(demande__dossier=dossier, cote=GUICHET, lu_le__isnull=True)
    contexte = {
        "dossier": dossier,
        "demandees": demandees,
        "a_lire": dossier.demandes.with_details()
        .with_messages_non_lus(GUICHET)
        .filter(pk__in=recus.values("demande"))
        .order_by("pk"),
        "zone": zone(dossier),
        "reprise": garde is not None,
        "erreurs": saisie is not None,
    }
    return render(request, "depot/a_faire.html", contexte, status=REFUSE if saisie else 200)


def _gardees(garde: QueryDict | None, complement: Complement) -> dict[str, Any]:
    """What was typed for this request before the session expired."""
    if garde is None or garde.get("complement") != str(complement.pk):
        return {}
    return {nom: garde[nom] for nom in garde if nom.startswith("reponse-")}


def _attendus(saisie: Saisie, par_element: Mapping[int | None, list[Ligne]]) -> list[Attendu]:
    return [
        Attendu(
            element,
            saisie.form[champ_reponse(element)],
            champ_fichiers(element),
            par_element.get(element.pk, []),
            list(saisie.refus.get(element.pk, [])),
            element in saisie.manquants,
        )
        for element in saisie.form.elements
    ]


# ------------------------------------------------------------------ one demande


def _demande(request: HttpRequest, identifiant: uuid.UUID) -> Demande:
    """A demande of the person's companies; another one does not exist for them (404)."""
    dossiers = Dossier.objects.visibles_par(utilisateur(request))
    return get_object_or_404(
        Demande.objects.filter(dossier__in=dossiers).with_details(), identifiant=identifiant
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@connexion_requise
def echanges(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """The thread of a demande; POST sends a message."""
    demande = _demande(request, identifiant)
    if request.method != "POST":
        garde = reprendre(request)
        initial = {"texte": garde["texte"]} if garde and "texte" in garde else None
        return _page_echanges(request, demande, FormulaireMessage(initial=initial))
    form = FormulaireMessage(request.POST)
    if not form.is_valid():
        return _page_echanges(request, demande, form, status=REFUSE)
    try:
        ecrire(demande=demande, user=utilisateur(request), cote=ENTREPRISE, **form.cleaned_data)
    except TransitionRefusee as refus:
        form.add_error(refus.champ or None, str(refus))
        return _page_echanges(request, demande, form, status=CONFLIT)
    oublier(request)
    messages.success(request, "Message envoyé : le guichet est prévenu.")
    return redirect("depot:echanges", identifiant)


def _page_echanges(
    request: HttpRequest, demande: Demande, form: FormulaireMessage, *, status: int = 200
) -> HttpResponse:
    echanges_ = fil(demande, ENTREPRISE)
    contexte: dict[str, Any] = {
        "demande": demande,
        "dossier": demande.dossier,
        "fil": echanges_,
        "non_lus": any(echange.mention == NOUVEAU for echange in echanges_),
        "form": form,
        "ecrire": peut_ecrire(demande, utilisateur(request), ENTREPRISE),
        "adresse_lus": reverse("depot:messages_lus", args=[demande.identifiant]),
        "adresse_ecrire": reverse("depot:echanges", args=[demande.identifiant]),
    }
    return render(request, "depot/echanges.html", contexte, status=status)


@require_POST
@connexion_requise
def messages_lus(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """What the desk wrote has been read."""
    demande = _demande(request, identifiant)
    marquer_lus(demande=demande, user=utilisateur(request), cote=ENTREPRISE)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204)
    return redirect("depot:echanges", identifiant)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@connexion_requise
def retrait(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """Ask before a demande is withdrawn, and do it on POST."""
    demande = _demande(request, identifiant)
    user = utilisateur(request)
    suivi = redirect("depot:suivi", demande.dossier.identifiant)
    permission = demande.permissions(user)["retirer"]
    if not permission:
        messages.warning(request, permission.reason)
        return suivi
    form = FormulaireRetirer(request.POST or None, initial=reprendre(request) or {})
    if request.method == "POST" and form.is_valid():
        try:
            retirer(demande=demande, user=user, motif=form.cleaned_data["motif"])
        except TransitionRefusee as refus:
            # A desk decided at the same moment.
            messages.warning(request, f"Rien n’a été retiré. {refus}")
            return suivi
        oublier(request)
        messages.success(request, f"La demande {demande.numero} est retirée.")
        return suivi
    contexte = {"demande": demande, "dossier": demande.dossier, "form": form}
    return render(request, "depot/retirer.html", contexte, status=REFUSE if form.errors else 200)
