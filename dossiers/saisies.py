"""What becomes of a form that a stranger posts, their session having expired: it is kept."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

CLE_REPRISE = "saisie_a_reprendre"
#: What one form can hold, so that a stranger cannot fill the sessions' table.
CHAMPS_MAXIMUM, VALEURS_MAXIMUM, LONGUEUR_MAXIMUM = 60, 60, 5000
NON_REPRIS = ("csrfmiddlewaretoken", "autosauve")


def mettre_de_cote(request: HttpRequest) -> None:
    """Keep a posted form in the anonymous session: signing in keeps that session's content."""
    noms = [nom for nom in request.POST if nom not in NON_REPRIS][:CHAMPS_MAXIMUM]
    donnees = {
        nom[:LONGUEUR_MAXIMUM]: [
            valeur[:LONGUEUR_MAXIMUM] for valeur in request.POST.getlist(nom)[:VALEURS_MAXIMUM]
        ]
        for nom in noms
    }
    request.session[CLE_REPRISE] = {"chemin": request.path, "donnees": donnees}


def reprendre(request: HttpRequest) -> QueryDict | None:
    """The form kept for this page, if any; it stays until `oublier`."""
    garde = request.session.get(CLE_REPRISE)
    if not garde or garde["chemin"] != request.path:
        return None
    donnees = QueryDict(mutable=True)
    for nom, valeurs in garde["donnees"].items():
        donnees.setlist(nom, valeurs)
    return donnees


def oublier(request: HttpRequest) -> None:
    """The form kept for this page has been saved, or given up."""
    garde = request.session.get(CLE_REPRISE)
    if garde and garde["chemin"] == request.path:
        del request.session[CLE_REPRISE]
