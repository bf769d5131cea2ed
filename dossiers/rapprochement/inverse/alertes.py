"""Asking to be told when a new aide suits a dossier: off until a member asks, undone in a click."""

from __future__ import annotations

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from aides.models import Aide, Publication, VersionAide
from dossiers.models import Dossier
from dossiers.rapprochement.inverse.effets import Sens
from dossiers.rapprochement.models import Alerte
from portal.comptes.models import User
from portal.socle.journal import consigner


@transaction.atomic
def alerter(*, dossier: Dossier, user: User) -> Alerte:
    """Tell this person, from now on, of the aides that the dossier gains. Asked twice, once."""
    alerte, nouvelle = Alerte.objects.get_or_create(dossier=dossier, user=user)
    if nouvelle:
        consigner(verbe="alerte_demandee", objet=dossier, acteur=user, dossier_id=dossier.pk)
    return alerte


@transaction.atomic
def ne_plus_alerter(*, dossier: Dossier, user: User) -> None:
    """Tell this person no more. The journal keeps that they had asked."""
    effacees, _ = Alerte.objects.filter(dossier=dossier, user=user).delete()
    if effacees:
        consigner(verbe="alerte_arretee", objet=dossier, acteur=user, dossier_id=dossier.pk)


def aides_gagnees(dossier: Dossier) -> QuerySet[VersionAide]:
    """The open aides that a publication opened to a dossier since its deposit, told or not, and
    that it has not asked for; `depuis` is the day, the last one when there are several.
    """
    gagnes = Publication.objects.filter(
        recherche__changements__dossier=dossier, recherche__changements__sens=Sens.GAGNE
    )
    jours = gagnes.filter(apres=OuterRef("pk")).order_by("-jour").values("jour")[:1]
    ouvertes = Aide.objects.ouvertes(timezone.localdate()).values("version")
    return (
        VersionAide.objects.filter(pk__in=ouvertes)
        .filter(pk__in=gagnes.order_by().values("apres"))
        .exclude(aide__in=dossier.demandes.order_by().values("aide"))
        .annotate(depuis=Subquery(jours))
        .select_related("aide")
        .order_by("-depuis", "titre", "pk")
    )
