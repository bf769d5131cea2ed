"""What the templates of the delivery desk use besides those of every page."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.urls import reverse
from django.utils import timezone

from dossiers.acheminement.bureau.causes import Cause, expliquer
from dossiers.acheminement.bureau.etat import Ligne, Sante
from dossiers.acheminement.bureau.presentation import SANTES, age, echecs_depuis
from dossiers.acheminement.models import Acheminement, Echec
from territoires.organismes.models import Canal, Guichet

register = template.Library()


@register.inclusion_tag("composants/etat.html")
def sante_guichet(sante: Sante) -> dict[str, str]:
    """The badge of a channel's health."""
    mot = SANTES[sante]
    return {"libelle": mot.libelle, "ton": mot.ton}


@register.filter
def depuis(quand: datetime) -> str:
    """How long ago: "12 minutes"."""
    return age(timezone.now() - quand)


@register.filter
def echecs(ligne: Ligne) -> str:
    """How many attempts of a channel failed, and since when: "3 échecs depuis 9 minutes"."""
    return echecs_depuis([ligne])


@register.filter
def attend_remise(remise: Acheminement) -> bool:
    """Whether it is an announcement that waits until what it announces is handed over."""
    due = remise.prochaine_tentative
    return remise.est_annonce and not remise.tentatives and due is not None and due > timezone.now()


@register.filter
def cause(echec: Echec | Acheminement) -> Cause:
    """A failure, or why a handing over waits or is set aside, in plain words."""
    if isinstance(echec, Echec):
        return expliquer(echec.motif)
    return expliquer(echec.quarantaine_motif or echec.derniere_erreur)


@register.filter
def canaux(remise: Acheminement) -> str:
    """By which channel, and by which it was handed over again since, where that was read."""
    ensuite = getattr(remise, "canal_attendu", remise.canal)
    if ensuite != remise.canal:
        return f"{remise.get_canal_display()}, puis {Canal(ensuite).label}"
    return remise.get_canal_display() + (" (annonce)" if remise.est_annonce else "")


@register.filter
def reouverture(remise: Acheminement, lignes: list[Ligne]) -> datetime | None:
    """Until when its channel, among those of `lignes`, is held back; None when that is over before
    the handing over is due.
    """
    for ligne in lignes:
        if (ligne.guichet.pk, ligne.canal) == (remise.guichet_id, remise.canal):
            quand, due = ligne.ouvert_jusqu_a, remise.prochaine_tentative
            return quand if quand and due and quand > due else None
    return None


@register.filter
def page_guichet(guichet: Guichet) -> str:
    """The form of a desk: its name, telephone, addresses."""
    return reverse("organismes:guichet", args=[guichet.organisme.code, guichet.code])


@register.filter
def page_connexion(guichet: Guichet) -> str:
    """The page of the connection of a desk to its own system."""
    return reverse("connexions:connexion", args=[guichet.organisme.code, guichet.code])
