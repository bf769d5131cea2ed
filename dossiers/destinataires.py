"""Whom to tell about a demande: the members of its company, the officers of its desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet
from django.urls import reverse

from dossiers.models import Demande, Membre, Notification
from dossiers.notifications import prevenir
from portal.comptes.models import User


def membres(demande: Demande) -> QuerySet[User]:
    """The accepted members of the company: a pending claim is told nothing."""
    return User.objects.filter(
        is_active=True,
        adhesions__etat="actif",
        adhesions__entreprise__dossiers__demandes=demande,
    ).order_by("pk")


def membres_des(entreprises: Iterable[int]) -> Mapping[int, list[User]]:
    """The same of each company (its key), in one query; empty for one that has none."""
    trouves: dict[int, list[User]] = defaultdict(list)
    actifs = Membre.objects.filter(
        entreprise__in=entreprises, etat=Membre.Etat.ACTIF, user__is_active=True
    )
    for membre in actifs.select_related("user").order_by("user"):
        trouves[membre.entreprise_id].append(membre.user)
    return trouves


def agents(demande: Demande) -> QuerySet[User]:
    """The officers of the desk that has the demande now; nobody while it is to be routed."""
    return User.objects.filter(is_active=True, affectations__guichet__demandes=demande).order_by(
        "pk"
    )


def prevenir_entreprise(
    demande: Demande,
    *,
    sujet: str,
    texte: str,
    chemin: str = "",
    sauf: User | None = None,
    deja: Collection[int] = (),
) -> list[Notification]:
    """Tell every member; the page is the follow-up of the dossier unless `chemin` says else.

    `deja`: primary keys of those who need not be told again.
    """
    chemin = chemin or reverse("depot:suivi", args=[demande.dossier.identifiant])
    voulus = membres(demande).exclude(pk__in=deja)
    return _prevenir(voulus, demande, sujet, texte, chemin, sauf)


def prevenir_suivi(
    demande: Demande, *, sujet: str, texte: str, ancre: str = "", deja: Collection[int] = ()
) -> list[Notification]:
    """Tell the officer who follows the demande; all those of the desk when nobody does, or
    when that officer has left it. `deja`: those who need not be told again.
    """
    tous = list(agents(demande))
    suit = [agent for agent in tous if agent.pk == demande.agent_id]
    voulus = [agent for agent in suit or tous if agent.pk not in deja]
    return _prevenir(voulus, demande, sujet, texte, _page(demande, ancre))


def prevenir_guichet(
    demande: Demande, *, sujet: str, texte: str, sauf: User | None = None
) -> list[Notification]:
    """Tell every officer of the desk."""
    return _prevenir(agents(demande), demande, sujet, texte, _page(demande), sauf)


def prevenir_agent(demande: Demande, agent: User, *, sujet: str, texte: str) -> None:
    """Tell one officer, if they are still at the desk."""
    _prevenir(agents(demande).filter(pk=agent.pk), demande, sujet, texte, _page(demande))


def _page(demande: Demande, ancre: str = "") -> str:
    return reverse("instruction:demande", args=[demande.identifiant]) + ancre


def _prevenir(
    users: Iterable[User],
    demande: Demande,
    sujet: str,
    texte: str,
    chemin: str,
    sauf: User | None = None,
) -> list[Notification]:
    voulus = [user for user in users if sauf is None or user.pk != sauf.pk]
    longueur = Notification._meta.get_field("sujet").max_length or 0
    return prevenir(
        users=voulus, sujet=sujet[:longueur], texte=texte, chemin=chemin, demande=demande
    )
