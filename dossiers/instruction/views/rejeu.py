"""The match of the deposit, replayed for who decides on it. Nothing is written."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dossiers.instruction.limites import resultat_de
from dossiers.instruction.views.commun import adresse, chemin, lire_demande, personne
from dossiers.rapprochement.rejeu import rejouer as rejouer_rapprochement


@login_required
@require_safe
@never_cache
def rejouer(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Whether the criteria of the aide, evaluated again from what the deposit kept, give the
    same proof; 404 when it kept none."""
    cible = lire_demande(request, identifiant)
    if cible.permissions(personne(request))["accuser"]:
        return redirect(adresse(request, cible))
    resultat = resultat_de(cible)
    if resultat is None:
        raise Http404
    rejeu = rejouer_rapprochement(resultat.rapprochement, version_aide_id=resultat.version_aide_id)
    contexte = chemin(request, cible) | {
        "demande": cible,
        "resultat": resultat,
        "rejeu": rejeu,
        "lien_demande": adresse(request, cible),
    }
    return render(request, "instruction/rejouer.html", contexte)
