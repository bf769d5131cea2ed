"""What the project can claim: four groups of aides, each with its reasons, and the choice."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from aides.criteres.evaluation import Issue
from dossiers.depot import actes
from dossiers.depot.acces import connexion_requise, dossier_de, utilisateur
from dossiers.depot.groupes import PAR_PAGE, Resultats, grouper
from dossiers.depot.manques import eclairante, manques
from dossiers.depot.presentation import (
    Cadre,
    apparier_dossier,
    cadre_du_dossier,
    charger,
    financeurs,
    preuve_affichee,
)
from dossiers.models import Dossier
from dossiers.rapprochement.appariement import Appariement

#: What part of a page is asked for by the script that puts it in place (`groupe_voulu`).
PAR_PARTIES = vary_on_headers("HX-Request", "HX-Target")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@PAR_PARTIES
@connexion_requise
def aides(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """The results; POST keeps the choice and goes on to the last check, or to another page of
    a group (`aller`: what follows the "?" of its address).
    """
    dossier = dossier_de(request, identifiant)
    if not dossier.est_brouillon:
        return redirect("depot:suivi", identifiant)
    if request.method == "POST":
        return _choisir(request, dossier)
    appariement = apparier_dossier(dossier)
    cadre, seul = cadre_du_dossier(dossier), groupe_voulu(request)
    resultats = grouper(appariement, cadre, request.GET, seul)
    adresse_manques = f"{reverse('depot:manques', args=[identifiant])}?"
    if seul is not None:
        return montrer_groupe(request, resultats, seul, adresse_manques)
    montrees = resultats.montrees
    contexte = {
        "dossier": dossier,
        "resultats": resultats,
        "adresse_manques": adresse_manques,
        "eclairante": eclairante(cadre, appariement),
        "reprises": [],
        "tout_revoir": request.path,
        "nombre_choisies": len(dossier.choix),
        "choisies_cachees": [code for code in dossier.choix if code not in montrees],
        "ecartees": appariement.ecartees,
    }
    return render(request, "depot/aides.html", contexte)


def _choisir(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    choix = request.POST.getlist("aide")
    actes.choisir_aides(dossier=dossier, codes=choix, par=utilisateur(request))
    page = reverse("depot:aides", args=[dossier.identifiant])
    if "continuer" not in request.POST:
        aller, _, groupe = request.POST.get("aller", "").partition("#")
        ancre = f"#{groupe}" if groupe in list(Issue) else ""
        return redirect(f"{page}?{QueryDict(aller).urlencode()}{ancre}" if aller else page)
    if choix:
        return redirect("depot:verifier", dossier.identifiant)
    messages.error(request, "Cochez au moins une aide à demander avant de continuer.")
    return redirect(page)


def groupe_voulu(request: HttpRequest) -> Issue | None:
    """The group that a script asks for, to put it in the place of the one on the page."""
    cible = request.headers.get("HX-Target", "")
    return Issue(cible) if cible in list(Issue) else None


def montrer_groupe(
    request: HttpRequest, resultats: Resultats, issue: Issue, adresse_manques: str
) -> HttpResponse:
    """One group of a list, alone; `adresse_manques` as in `montrer_manques`."""
    groupe = next(groupe for groupe in resultats.groupes if groupe.issue is issue)
    contexte = {
        "groupe": groupe,
        "resultats": resultats,
        "par_envoi": False,
        "adresse_manques": adresse_manques,
    }
    return render(request, "depot/groupe.html", contexte)


@require_safe
@never_cache
@connexion_requise
def manques_du_dossier(request: HttpRequest, identifiant: uuid.UUID) -> HttpResponse:
    """What would open the aides of a list (`pour`, by code), once the list is shown."""
    dossier = dossier_de(request, identifiant)
    return montrer_manques(request, apparier_dossier(dossier), cadre_du_dossier(dossier))


def montrer_manques(request: HttpRequest, appariement: Appariement, cadre: Cadre) -> HttpResponse:
    """The searches take their time: a page asks for them apart, for the aides it shows only."""
    codes = set(request.GET.getlist("pour")[:PAR_PAGE])
    aides = [aide for aide in appariement.aides if aide.version.code in codes]
    return render(request, "depot/manques.html", {"manques": manques(cadre, aides)})


@require_safe
@never_cache
@connexion_requise
def aide(request: HttpRequest, identifiant: uuid.UUID, code: str) -> HttpResponse:
    """One aide and its reasons: a page of its own, or the inside of a card."""
    dossier = dossier_de(request, identifiant)
    retour = reverse("depot:aides", args=[identifiant])
    fil = [
        (reverse("depot:dossier", args=[identifiant]), dossier.titre),
        (retour, "Vos aides"),
    ]
    contexte = {"fil": fil, "retour": retour}
    return montrer_aide(
        request, code, apparier_dossier(dossier), cadre_du_dossier(dossier), contexte
    )


def montrer_aide(
    request: HttpRequest,
    code: str,
    appariement: Appariement,
    cadre: Cadre,
    contexte: Mapping[str, object],
) -> HttpResponse:
    """The reasons of one aide of a match. `contexte` has `fil`, the pages above as (address,
    name), and `retour`, the list. Raises Http404 for an aide that is not open today.
    """
    trouvee = appariement.aide(code)
    if trouvee is None:
        raise Http404
    version = charger([trouvee])[trouvee.version.pk]
    complet = {
        **contexte,
        "aide": trouvee,
        "version": version,
        "financeurs": financeurs(version),
        "preuve": preuve_affichee(cadre, trouvee.preuve),
        "manques": manques(cadre, [trouvee]),
    }
    dans_la_carte = getattr(request, "htmx", False)
    gabarit = "depot/aide_corps.html" if dans_la_carte else "depot/aide.html"
    return render(request, gabarit, complet)
