"""Handing over again after a repair, and the breakers moved by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.acheminement.actes import couper, rejouer_guichet, rouvrir
from dossiers.acheminement.actes import rejouer as rejouer_un
from dossiers.acheminement.bureau.acces import acheminements_de, exploitant, guichets_de
from dossiers.acheminement.bureau.formulaires import FormulaireDisjoncteur, FormulaireRejouer
from dossiers.acheminement.bureau.presentation import deviations
from dossiers.acheminement.bureau.views.files import PAR_PAGE
from dossiers.acheminement.models import Acheminement, Disjoncteur
from dossiers.acheminement.querysets import AcheminementQuerySet
from portal.comptes.models import User
from territoires.organismes.models import Canal, Guichet
from territoires.organismes.views.acces import personne


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@exploitant
def rejouer(request: HttpRequest) -> HttpResponse:
    """Replay some rows, or all of a desk: GET says how many, POST does it."""
    par, donnees = personne(request), request.POST or request.GET
    form = FormulaireRejouer(donnees, maximum=PAR_PAGE)
    if not form.is_valid():
        messages.error(request, "Cette sélection n’est pas reconnue : rien n’a été rejoué.")
        return redirect(_retour(par, donnees))
    code, choix = form.cleaned_data["guichet"], form.cleaned_data["choix"]
    guichet = get_object_or_404(guichets_de(par), code=code) if code else None
    lignes = acheminements_de(par).a_rejouer().select_related("guichet").order_by("pk")
    cibles = lignes.filter(guichet=guichet) if guichet else lignes.filter(pk__in=choix)
    if request.method != "POST":
        return _confirmer(request, guichet, cibles)
    nombre = rejouer_guichet(guichet=guichet, par=par) if guichet else _rejouer(list(cibles), par)
    _rendre_compte(request, nombre, len(choix))
    return redirect(_retour(par, donnees))


def _confirmer(
    request: HttpRequest, guichet: Guichet | None, toutes: AcheminementQuerySet
) -> HttpResponse:
    cibles, nombre = list(toutes[: PAR_PAGE + 1]), toutes.count()
    retour = _retour(personne(request), request.GET)
    if not nombre:
        quoi = "Rien n’attend d’être rejoué" if guichet else "Cochez au moins une ligne à rejouer"
        messages.info(request, f"{quoi} : rien n’a changé.")
        return redirect(retour)
    disjoncteurs = Disjoncteur.objects.filter(
        guichet__in={cible.guichet_id for cible in cibles}, ouvert_jusqu_a__gt=timezone.now()
    )
    contexte = {
        "guichet": guichet,
        "choix": [] if guichet else [cible.pk for cible in cibles],
        "nombre": nombre,
        "deviations": deviations(toutes),
        "coupes": list(disjoncteurs.select_related("guichet")),
        "retour": request.GET.get("retour", ""),
        "adresse_retour": retour,
    }
    return render(request, "bureau/rejouer.html", contexte)


def _rejouer(cibles: list[Acheminement], par: User) -> int:
    """Each in its own transaction; how many were."""
    return sum(rejouer_un(acheminement=cible, par=par) for cible in cibles)


def _rendre_compte(request: HttpRequest, nombre: int, demandes: int) -> None:
    if not nombre:
        messages.info(request, "Rien n’attendait plus : d’autres l’ont rejoué, ou c’est passé.")
        return
    s = "s" if nombre > 1 else ""
    texte = f"{nombre} remise{s} rejouée{s} : le portail les envoie dans la minute."
    if demandes > nombre:
        texte += f" {demandes - nombre} n’attendai{'en' if demandes - nombre > 1 else ''}t plus."
    messages.success(request, texte)


def _retour(user: User, donnees: QueryDict) -> str:
    """The address of the list that asked: the quarantine, or a desk by its code."""
    retour = donnees.get("retour", "")
    if retour == "quarantaine":
        return reverse("bureau:quarantaine")
    if guichets_de(user).filter(code=retour[:80]).exists():
        return reverse("bureau:guichet", args=[retour])
    return reverse("bureau:tableau")


@require_POST
@exploitant
def disjoncteur(request: HttpRequest, code: str) -> HttpResponse:
    """Cut a desk's channel off for a while, or let it through again."""
    par = personne(request)
    guichet = get_object_or_404(guichets_de(par), code=code)
    form = FormulaireDisjoncteur(request.POST)
    if not form.is_valid():
        messages.error(request, "Ce choix n’est pas reconnu : rien n’a changé.")
        return redirect("bureau:guichet", code)
    canal = Canal(form.cleaned_data["canal"])
    if form.cleaned_data["action"] == "couper":
        couper(guichet=guichet, canal=canal, par=par, duree=form.duree)
        messages.success(
            request, f"« {canal.label} » est coupé : ce qui est dû attend, rien n’est perdu."
        )
    elif rouvrir(guichet=guichet, canal=canal, par=par):
        messages.success(request, f"« {canal.label} » est rouvert : ce qui est dû part.")
    else:
        messages.info(request, f"« {canal.label} » n’était pas coupé.")
    return redirect("bureau:guichet", code)
