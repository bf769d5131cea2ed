"""The connection of a desk to its own system: address, secret, trial, switch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers.acheminement.models import Acheminement, Connexion
from dossiers.acheminement.webhook import actes
from portal.comptes.models import User
from territoires.organismes.models import Guichet
from territoires.organismes.views.acces import organisme_de, personne


class AdresseForm(forms.Form):
    """Where the system of a desk is called."""

    url = forms.CharField(
        label="Adresse du système du guichet",
        max_length=500,
        help_text="Elle commence par https:// et reçoit chaque demande par POST.",
        widget=forms.URLInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def connexion(request: HttpRequest, code: str, guichet: str) -> HttpResponse:
    """Set up the connection of a desk; each button is one act."""
    organisme = organisme_de(request, code)
    cible = get_object_or_404(Guichet, code=guichet, organisme=organisme)
    actuelle = Connexion.objects.filter(guichet=cible).first()
    if "url" in request.POST:
        return _adresse(request, cible, actuelle)
    action = request.POST.get("action", "")
    if action and actuelle is not None:
        try:
            if action == "secret":
                return _secret(request, cible, actuelle)
            _agir(request, action, actuelle)
        except actes.ConnexionRefusee as refus:
            messages.error(request, str(refus))
        return _retour(cible)
    return _page(request, cible, actuelle, _formulaire(actuelle))


def _agir(request: HttpRequest, action: str, actuelle: Connexion) -> None:
    """Raises ConnexionRefusee."""
    par: User = personne(request)
    if action == "essai":
        essai = actes.essayer(connexion=actuelle, par=par)
        (messages.success if essai.reussi else messages.error)(request, essai.texte)
    elif action == "retirer_anciens":
        actes.retirer_anciens_secrets(connexion=actuelle, par=par)
        messages.success(request, "L’ancien secret ne fonctionne plus.")
    elif action == "activer":
        actes.activer(connexion=actuelle, par=par)
        messages.success(request, "Les prochaines demandes iront au système de ce guichet.")
    elif action == "desactiver":
        actes.desactiver(connexion=actuelle, par=par)
        messages.success(request, "Les prochaines demandes arriveront dans le portail.")


def _adresse(request: HttpRequest, cible: Guichet, actuelle: Connexion | None) -> HttpResponse:
    form = AdresseForm(request.POST)
    if form.is_valid():
        url = form.cleaned_data["url"].strip()
        try:
            actes.definir_adresse(guichet=cible, url=url, par=personne(request))
        except actes.ConnexionRefusee as refus:
            form.add_error("url", str(refus))
        else:
            messages.success(request, "Adresse enregistrée. Envoyez un essai pour la vérifier.")
            return _retour(cible)
    return _page(request, cible, actuelle, form, statut=422)


def _secret(request: HttpRequest, cible: Guichet, actuelle: Connexion) -> HttpResponse:
    """The page that answers shows the secret, this once: it is kept in clear nowhere."""
    vu = request.POST.get("vu", "")
    secret = actes.renouveler_secret(
        connexion=actuelle, vu=int(vu) if vu.isdecimal() else 0, par=personne(request)
    )
    return _page(request, cible, actuelle, _formulaire(actuelle), secret=secret)


def _formulaire(actuelle: Connexion | None) -> AdresseForm:
    return AdresseForm(initial={"url": actuelle.url if actuelle else ""})


def _retour(cible: Guichet) -> HttpResponse:
    return redirect("connexions:connexion", cible.organisme.code, cible.code)


def _page(
    request: HttpRequest,
    cible: Guichet,
    actuelle: Connexion | None,
    form: AdresseForm,
    *,
    secret: str = "",
    statut: int = 200,
) -> HttpResponse:
    vivants = list(actuelle.secrets.vivants()) if actuelle else []
    en_usage = next((s for s in vivants if s.expire_le is None), None)
    contexte: dict[str, Any] = {
        "organisme": cible.organisme,
        "guichet": cible,
        "connexion": actuelle,
        "form": form,
        "secret": secret,
        "en_usage": en_usage,
        "vu": en_usage.pk if en_usage else 0,
        "en_attente": Acheminement.objects.filter(guichet=cible).vers_le_systeme().count(),
        "ancien": next((s for s in vivants if s.expire_le is not None), None),
    }
    return render(request, "acheminement/connexion.html", contexte, status=statut)
