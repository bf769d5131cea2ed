"""One more aide for a deposited dossier, and whether to be told of the next ones."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from aides.models import Aide
from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, dossier_de, utilisateur
from dossiers.depot.presentation import cadre_du_dossier, cartes, preuve_affichee
from dossiers.depot.suivi import SILENCE
from dossiers.depot.views.depots import destinations
from dossiers.faits import faits_du_dossier
from dossiers.horloge import echeance
from dossiers.models import Dossier
from dossiers.rapprochement.appariement import apparier
from dossiers.rapprochement.inverse.alertes import alerter, ne_plus_alerter
from territoires.perimetre import commune_actuelle


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@connexion_requise
def ajouter(request: HttpRequest, identifiant: uuid.UUID, code: str) -> HttpResponse:
    """What goes to whom and who will see it; POST files the demande, once however often."""
    dossier = dossier_de(request, identifiant)
    if dossier.est_brouillon:
        return redirect("depot:dossier", identifiant)
    if dossier.demandes.filter(aide__code=code).exists():
        messages.info(request, "Cette aide est déjà demandée avec ce dossier.")
        return redirect("depot:suivi", identifiant)
    if request.method != "POST":
        return _confirmation(request, dossier, code, ())
    try:
        demande = actes.ajouter_aide(dossier=dossier, code=code, par=utilisateur(request))
    except actes.DepotImpossible as impossible:
        return _confirmation(request, dossier, code, impossible.motifs)
    messages.success(request, f"Votre demande {demande.numero} est enregistrée.")
    return redirect("depot:suivi", identifiant)


def _confirmation(
    request: HttpRequest, dossier: Dossier, code: str, motifs: Collection[str]
) -> HttpResponse:
    """The page of one aide for a deposited dossier; of one that is no longer open, as an old
    message may name, it is said. Raises Http404 when there is no such aide."""
    le = timezone.localdate()
    aide = apparier(faits_du_dossier(dossier, le), le).aide(code)
    if aide is None:
        close = get_object_or_404(Aide.objects.publiees().select_related("version"), code=code)
        messages.warning(request, f"« {close.version} » ne peut pas être demandée aujourd’hui.")
        return redirect("depot:suivi", dossier.identifiant)
    cadre = cadre_du_dossier(dossier)
    (carte,) = cartes(cadre, [aide])
    lieu = dossier.faits.get("commune_projet", {}).get("valeur")
    commune = commune_actuelle(lieu) if lieu else None
    (destination,) = destinations([carte], commune)
    contexte = {
        "dossier": dossier,
        "motifs": motifs,
        "version": carte.version,
        "aide": aide,
        "carte": carte,
        "preuve": preuve_affichee(cadre, aide.preuve),
        "destination": destination,
        "commune": commune,
        "externe": carte.externe,
        "possible": carte.choisissable and commune is not None,
        "le": le,
        "echeance": echeance(timezone.now()),
        "silence": SILENCE,
        "pieces": dossier.pieces.gardees().filter(demande__isnull=True),
        "membres": dossier.entreprise.adhesions.filter(etat="actif").count(),
        "alerte": dossier.alertes.filter(user=utilisateur(request)).first(),
    }
    return render(request, "depot/ajouter.html", contexte, status=422 if motifs else 200)


@require_POST
@connexion_requise
def alerte(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """« Me prévenir » on or off, from the dossier, the account or the page of a message."""
    dossier, user = dossier_de(request, identifiant), utilisateur(request)
    if request.POST.get("prevenir") == "oui":
        alerter(dossier=dossier, user=user)
        messages.success(
            request, "Vous serez prévenu quand une aide nouvelle correspondra à votre projet."
        )
    else:
        ne_plus_alerter(dossier=dossier, user=user)
        messages.success(
            request, f"Vous ne serez plus prévenu des aides nouvelles pour « {dossier.titre} »."
        )
    suite = request.POST.get("suite", "")
    if not url_has_allowed_host_and_scheme(suite, None):
        suite = reverse("depot:dossier", args=[identifiant])
    return redirect(suite)
