"""The simulation: questions, the running result, the list, one aide, and keeping it all."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_signed_up
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aides.criteres.evaluation import Issue
from dossiers.depot import actes
from dossiers.depot.groupes import grouper
from dossiers.depot.manques import eclairante
from dossiers.depot.presentation import bilan
from dossiers.depot.simulation import AIDE, FormulaireSimulation, cadre_de, simuler
from dossiers.depot.views.resultats import (
    PAR_PARTIES,
    groupe_voulu,
    montrer_aide,
    montrer_groupe,
    montrer_manques,
)
from dossiers.rapprochement.appariement import Appariement
from portal.comptes.models import User

#: The answers of somebody who has no account yet, until they have one.
CLE_SESSION = "simulation"
POSSIBLES = (Issue.ELIGIBLE, Issue.SOUS_RESERVE)


@require_safe
def simulation(request: HttpRequest) -> HttpResponse:
    """The questions, as far as the address answers them, and the count of the aides."""
    return _questions(request, FormulaireSimulation(request.GET))


@require_safe
def direct(request: HttpRequest) -> HttpResponse:
    """What changes on the page of the questions when one is answered."""
    form = FormulaireSimulation(request.GET)
    contexte = _contexte(form, simuler(form, timezone.localdate()))
    for code in form.resolus:
        form.fields[code].widget.attrs["hx-swap-oob"] = "true"
    reponse = render(request, "depot/simulation_direct.html", contexte)
    reponse["HX-Replace-Url"] = form.adresse()
    return reponse


@require_safe
@PAR_PARTIES
def aides_simulees(request: HttpRequest) -> HttpResponse:
    """The list, in the same groups as that of a dossier; answers to correct come first."""
    form = FormulaireSimulation(request.GET)
    if not form.is_valid():
        return _questions(request, form)
    le = timezone.localdate()
    appariement = simuler(form, le)
    cadre, seul = cadre_de(form), groupe_voulu(request)
    resultats = grouper(appariement, cadre, request.GET, seul)
    adresse_manques = form.adresse("depot:manques_simules")
    adresse_manques += "&" if "?" in adresse_manques else "?"
    if seul is not None:
        return montrer_groupe(request, resultats, seul, adresse_manques)
    contexte = _contexte(form, appariement) | {
        "lignes": form.lignes(le),
        "resultats": resultats,
        "adresse_manques": adresse_manques,
        "eclairante": eclairante(cadre, appariement),
        "reprises": form.paires(),
        "tout_revoir": form.adresse("depot:aides_simulees"),
        "adresse_voulue": form.adresse("depot:aide_simulee", form.cleaned_data[AIDE] or "-"),
        "ecartees": appariement.ecartees,
    }
    return render(request, "depot/simulation_aides.html", contexte)


@require_safe
def manques_simules(request: HttpRequest) -> HttpResponse:
    """What would open the aides of the list, once it is shown."""
    form = FormulaireSimulation(request.GET)
    form.is_valid()
    return montrer_manques(request, simuler(form, timezone.localdate()), cadre_de(form))


@require_safe
def aide_simulee(request: HttpRequest, code: str) -> HttpResponse:
    """One aide and its reasons, for these answers."""
    form = FormulaireSimulation(request.GET)
    form.is_valid()
    liste = form.adresse("depot:aides_simulees")
    contexte = {
        "fil": [(form.adresse(), "Simulation"), (liste, "Les aides possibles")],
        "retour": liste,
    }
    return montrer_aide(
        request, code, simuler(form, timezone.localdate()), cadre_de(form), contexte
    )


@require_POST
def garder(request: HttpRequest) -> HttpResponse:
    """Keep the answers of the address for whoever has an account, or is about to have one."""
    form = FormulaireSimulation(request.GET)
    if form.is_valid() and form.montant_sans_poste:
        form.add_error("poste", "Dites-le pour que votre dossier garde ce montant.")
    if form.errors:
        return _questions(request, form)
    aide = form.cleaned_data[AIDE]
    request.session[CLE_SESSION] = {"reponses": form.connus, "aides": [aide] if aide else []}
    suite = reverse("depot:nouveau")
    if isinstance(request.user, User):
        _recevoir(request, request.user)
        return redirect(suite)
    messages.info(
        request, "Vos réponses sont gardées : vous les retrouverez dès que votre compte sera prêt."
    )
    return redirect_to_login(suite, reverse("account_signup"))


@receiver(user_signed_up)
@receiver(user_logged_in)
def _recevoir(request: HttpRequest, user: User, **_: Any) -> None:
    """The answers of this session become those of the person who just got an account, even if
    they confirm their address from another browser.
    """
    gardees = request.session.pop(CLE_SESSION, None)
    if gardees is not None:
        actes.garder_reponses(par=user, **gardees)


def _questions(request: HttpRequest, form: FormulaireSimulation) -> HttpResponse:
    contexte = _contexte(form, simuler(form, timezone.localdate()))
    return render(request, "depot/simulation.html", contexte)


def _contexte(form: FormulaireSimulation, appariement: Appariement) -> dict[str, Any]:
    """What the pages of a simulation share: the counts, and the aide one had in mind."""
    comptes = bilan(appariement)
    voulue = form.cleaned_data.get(AIDE)
    return {
        "form": form,
        "bilan": comptes,
        "possibles": sum(compte.nombre for compte in comptes if compte.issue in POSSIBLES),
        "total": sum(compte.nombre for compte in comptes),
        "commencee": bool(form.connus) or form.montant_sans_poste,
        "voulue": appariement.aide(voulue) if voulue else None,
        "adresse": form.adresse(),
        "adresse_aides": form.adresse("depot:aides_simulees"),
        "adresse_garder": form.adresse("depot:garder"),
    }
