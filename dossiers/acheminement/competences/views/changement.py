"""The rehearsal of what a person prepares, and its application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.acheminement.actes.competences import (
    RepetitionDepassee,
    TrouNonConfirme,
    appliquer_changement,
    peut_deplacer_les_prises,
)
from dossiers.acheminement.competences.mots import nombre
from dossiers.acheminement.competences.presentation import (
    consequences,
    lignes,
    noms_des_guichets,
    resume,
    trous_ouverts,
)
from dossiers.acheminement.competences.repetition import Deplacement, Repetition, repeter
from dossiers.models import Demande
from dossiers.rapprochement.editeur.acces import gestion_requise, organismes_de, personne
from dossiers.rapprochement.editeur.views.commun import CONFLIT, REFUSE, revision_vue
from territoires.organismes import actes

PAR_PAGE = 25


@gestion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def changement(request: HttpRequest) -> HttpResponse:
    """What the prepared changes would do; the button applies them."""
    organismes_de(request)
    if request.method != "POST":
        return _page(request)
    try:
        fait = appliquer_changement(
            par=personne(request),
            jeton=request.POST.get("jeton", "")[:64],
            avec_prises="avec_prises" in request.POST,
            trous_confirmes="trous" in request.POST,
        )
    except RepetitionDepassee as depassee:
        return _page(request, str(depassee), CONFLIT)
    except actes.ChangementRefuse as refus:
        return _page(request, str(refus), REFUSE)
    except TrouNonConfirme:
        return _page(request, status=REFUSE, trous_a_confirmer=True)
    except PermissionDenied:
        refus_prises = (
            "Des demandes déjà prises en charge sont à un guichet d’un autre organisme : seule "
            "l’administration du portail peut les déplacer. Rien n’a été appliqué."
        )
        return _page(request, refus_prises, REFUSE)
    deplacees = nombre(fait.deplacees, "demande déplacée", "demandes déplacées")
    suite = " ; les guichets et les entreprises concernés sont prévenus" if fait.deplacees else ""
    messages.success(request, f"C’est appliqué : {deplacees}{suite}.")
    return redirect("competences:liste")


def _page(
    request: HttpRequest, refus: str = "", status: int = 200, *, trous_a_confirmer: bool = False
) -> HttpResponse:
    user = personne(request)
    prepare = actes.changement_de(user)
    if prepare is None or not prepare.operations:
        contexte: dict[str, Any] = {
            "refus": refus, "repetition": None, "trous_a_confirmer": False,
        }  # fmt: skip
        return render(request, "competences/changement.html", contexte, status=status)
    repetition = repeter(prepare, user)
    bouges = [*repetition.deplacements, *repetition.prises]
    page = Paginator(bouges, PAR_PAGE).get_page(request.GET.get("page"))
    noms = noms_des_guichets(bouges)
    contexte = {
        "refus": refus,
        "changement": prepare,
        "repetition": repetition,
        "lignes": lignes(repetition),
        "resume": resume(repetition.deplacements, noms),
        "prises": _prises(repetition, noms),
        "prises_permises": peut_deplacer_les_prises(repetition, user),
        "consequences": consequences(repetition.ecarts),
        "trous": trous_ouverts(repetition.ecarts),
        "trous_a_confirmer": trous_a_confirmer,
        "avec_prises": "avec_prises" in request.POST,
        "page": page,
        "bouges": _detailles(list(page), noms),
    }
    return render(request, "competences/changement.html", contexte, status=status)


def _prises(repetition: Repetition, noms: dict[int, str]) -> str:
    """Those in somebody's hands that would move too, in words; empty when there are none."""
    if not repetition.prises:
        return ""
    return resume(repetition.prises, noms).replace("Ce changement déplace", "Cela concerne")


def _detailles(bouges: list[Deplacement], noms: dict[int, str]) -> list[dict[str, Any]]:
    """The demandes of a page of the list, without the name of their company: who keeps a
    catalogue reads no dossier."""
    demandes = Demande.objects.select_related("dossier", "version_aide", "commune__epci").in_bulk(
        [d.demande for d in bouges]
    )
    return [
        {
            "demande": demandes[d.demande],
            "de": noms[d.de] if d.de else "file d’orientation",
            "vers": noms[d.vers] if d.vers else "file d’orientation",
            "motif": d.motif,
            "prise": d.prise_en_charge,
        }
        for d in bouges
    ]


@gestion_requise
@require_POST
def retirer(request: HttpRequest, rang: int) -> HttpResponse:
    """Take one of the prepared changes back."""
    organismes_de(request)
    try:
        actes.retirer_operation(par=personne(request), rang=rang, revision=revision_vue(request))
    except actes.RevisionDepassee:
        messages.warning(request, "La liste avait changé : rien n’a été retiré. La voici.")
    return redirect("competences:changement")


@gestion_requise
@require_POST
def abandonner(request: HttpRequest) -> HttpResponse:
    """Forget all the prepared changes."""
    organismes_de(request)
    actes.abandonner_changement(par=personne(request))
    messages.success(request, "Les changements préparés sont abandonnés : rien n’a été appliqué.")
    return redirect("competences:liste")
