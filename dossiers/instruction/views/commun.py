"""What the officers' views share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from dossiers.acheminement.models import reference_au_guichet
from dossiers.models import Demande
from dossiers.rapprochement.montants import avec_texte_montant
from dossiers.saisies import mettre_de_cote
from portal.comptes.models import User

#: The lists that lead to a demande, and how the way back to each is called.
LISTES = {
    "instruction:corbeille": "Ma corbeille",
    "instruction:territoire": "Mon territoire",
    "instruction:file": "File d’orientation",
}


def personne(request: HttpRequest) -> User:
    """The person signed in: the views are behind `login_required`."""
    return cast("User", request.user)


def connexion_requise(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Like `login_required`, and a form posted by a stranger waits for them to sign in."""

    @wraps(vue)
    def protegee(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return vue(request, *args, **options)
        if request.method == "POST":
            mettre_de_cote(request)
        return redirect_to_login(request.get_full_path())

    return protegee


def lire_demande(request: HttpRequest, identifiant: UUID) -> Demande:
    """The demande, with `reference_guichet` (its number in the desk's own system, or None); 404 if
    the person may not see it as an officer.
    """
    demandes = Demande.objects.visibles_au_guichet(personne(request)).with_details()
    demandes = demandes.annotate(reference_guichet=reference_au_guichet())
    return get_object_or_404(
        avec_texte_montant(demandes).select_related(
            "version_dossier", "aide", "commune__epci", "commune__departement__region"
        ),
        identifiant=identifiant,
    )


def chemin(request: HttpRequest, demande: Demande) -> dict[str, Any]:
    """For the page of a demande: `retour`, the list one came from with its filters, and
    `suffixe`, what the addresses of the next pages carry so as not to lose it."""
    demande_retour = _retour_demande(request)
    if demande_retour is not None:
        url, libelle = demande_retour
        suffixe = "?" + urlencode({"retour": url})
    else:
        nom, suffixe = _liste_par_defaut(personne(request), demande), ""
        url, libelle = reverse(nom), LISTES[nom]
    return {"retour": {"url": url, "libelle": libelle}, "suffixe": suffixe}


def adresse(request: HttpRequest, demande: Demande) -> str:
    """The page of the demande, the way back to the list kept."""
    retour = _retour_demande(request)
    suffixe = "?" + urlencode({"retour": retour[0]}) if retour else ""
    return reverse("instruction:demande", args=[demande.identifiant]) + suffixe


def _retour_demande(request: HttpRequest) -> tuple[str, str] | None:
    """The list that the address names, if it is one of ours, and its name."""
    url = request.GET.get("retour", "")[:2000]
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return None
    listes = {reverse(nom): libelle for nom, libelle in LISTES.items()}
    libelle = listes.get(urlsplit(url).path)
    return (url, libelle) if libelle else None


def _liste_par_defaut(user: User, demande: Demande) -> str:
    """The list that this person finds the demande in."""
    if user.affectations.filter(guichet__demandes=demande).exists():
        return "instruction:corbeille"
    return "instruction:file" if user.is_staff else "instruction:territoire"
