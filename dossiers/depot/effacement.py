"""Which dossiers may lose their content, and what stands in the way: querysets, nothing written.

No content goes while something promised of it is still under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from dossiers.acheminement.models import Acheminement
from dossiers.circuit import ETATS_FINAUX, Etat
from dossiers.models import Demande, Document, Dossier, Notification
from dossiers.querysets import DossierQuerySet

_DE_LA_DEMANDE = Q(demande__dossier=OuterRef("pk"))
#: A handing over that is over: acknowledged, given back, or of a demande that is withdrawn or
#: was closed before. A channel that only announces is over once it has announced.
_TERMINE = (
    Q(accusee_le__isnull=False)
    | Q(rendue_le__isnull=False)
    | Q(sans_objet_le__isnull=False)
    | Q(demande__etat=Etat.RETIREE)
    | Q(de_reference=False, remise_le__isnull=False)
)
#: What stands in the way, as it is said -> its rows, for the dossier of OuterRef("pk").
EMPECHEMENTS: Mapping[str, QuerySet[Any]] = {
    "une demande n’est pas close": Demande.objects.filter(dossier=OuterRef("pk")).exclude(
        etat__in=ETATS_FINAUX
    ),
    "une demande n’est pas encore remise à son guichet": Acheminement.objects.filter(
        _DE_LA_DEMANDE, remise_le__isnull=True
    ).exclude(_TERMINE),
    "un guichet n’a pas accusé réception d’une demande": Acheminement.objects.filter(
        _DE_LA_DEMANDE, remise_le__isnull=False
    ).exclude(_TERMINE),
    "un document reste à produire": Document.objects.filter(
        _DE_LA_DEMANDE, produit_le__isnull=True
    ),
    "un courriel reste à envoyer": Notification.objects.filter(
        _DE_LA_DEMANDE
        | Q(
            demande__isnull=True,
            chemin__contains=Cast(OuterRef("identifiant"), CharField()),
        ),
        envoyee_le__isnull=True,
    ),
}


def effacables() -> DossierQuerySet:
    """Deposited dossiers that still have their content, and of which nothing is under way."""
    return conserves().exclude(_empeche())


def empeches() -> DossierQuerySet:
    """Those of which something still is."""
    return conserves().filter(_empeche())


def conserves() -> DossierQuerySet:
    """Deposited dossiers that still have their content."""
    return Dossier.objects.deposes().filter(efface_le__isnull=True).order_by("pk")


def clos_avant(dossiers: DossierQuerySet, jour: date) -> DossierQuerySet:
    """Those whose last demande was closed before that day began, in the time of the portal."""
    apres = Demande.objects.filter(dossier=OuterRef("pk")).exclude(decidee_le__lt=debut(jour))
    return dossiers.filter(~Exists(apres))


def deposes_avant(dossiers: DossierQuerySet, jour: date) -> DossierQuerySet:
    """Those that were deposited before that day began."""
    return dossiers.filter(depose_le__lt=debut(jour))


def debut(jour: date) -> datetime:
    """The first instant of a day, in the time of the portal."""
    return timezone.make_aware(datetime.combine(jour, time.min))


def motifs(dossier: Dossier) -> list[str]:
    """What stands in the way of this dossier, as it is said; empty when nothing does."""
    lu = Dossier.objects.filter(pk=dossier.pk)
    return [motif for motif, lignes in EMPECHEMENTS.items() if lu.filter(Exists(lignes)).exists()]


def _empeche() -> Q:
    empeche = Q()
    for lignes in EMPECHEMENTS.values():
        empeche |= Q(Exists(lignes))
    return empeche
