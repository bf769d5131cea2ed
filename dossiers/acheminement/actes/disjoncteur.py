"""Holding a desk's channel back by hand, and letting it through again."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from dossiers.acheminement.models import Disjoncteur
from portal.comptes.models import User
from portal.socle.journal import consigner
from territoires.organismes.models import Guichet


@transaction.atomic
def couper(*, guichet: Guichet, canal: str, par: User, duree: timedelta) -> Disjoncteur:
    """Send nothing to a desk by this channel for that long: it announced an interruption.

    What is due waits, no attempt is counted. Its failures are forgotten: at the end everything
    goes at once, without a trial.
    """
    jusqu_a = timezone.now() + duree
    disjoncteur, _ = Disjoncteur.objects.update_or_create(
        guichet=guichet, canal=canal, defaults={"echecs": 0, "ouvert_jusqu_a": jusqu_a}
    )
    consigner(
        verbe="couper_guichet", objet=guichet, acteur=par, canal=canal, jusqu_a=jusqu_a.isoformat()
    )
    return disjoncteur


@transaction.atomic
def rouvrir(*, guichet: Guichet, canal: str, par: User) -> bool:
    """Close the breaker of a desk's channel: what is due goes at the next sweep.

    False when nothing held it back.
    """
    disjoncteur = (
        Disjoncteur.objects.select_for_update().filter(guichet=guichet, canal=canal).first()
    )
    instant = timezone.now()
    if disjoncteur is None or not (disjoncteur.est_declenche or disjoncteur.est_ouvert(instant)):
        return False
    Disjoncteur.objects.filter(pk=disjoncteur.pk).refermer(instant)
    consigner(verbe="rouvrir_guichet", objet=guichet, acteur=par, canal=canal)
    return True
