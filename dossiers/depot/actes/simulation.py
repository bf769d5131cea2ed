"""The answers of a simulation: kept for their author, then the start of a dossier."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from aides.criteres.faits import DECLARES
from aides.models import Aide
from dossiers.depot.actes.brouillon import creer_dossier, declarer
from dossiers.depot.models import ReponsesGardees
from dossiers.models import Dossier, Entreprise
from portal.comptes.models import User
from portal.socle.journal import consigner


@transaction.atomic
def garder_reponses(
    *, reponses: Mapping[str, object], aides: Collection[str], par: User
) -> ReponsesGardees:
    """Keep the answers of a simulation (code -> exchanged JSON), in place of earlier ones.

    Codes that are no question of the dossier, and aides that do not exist, are left out.
    """
    codes = {fait.code for fait in DECLARES}
    connues = Aide.objects.publiees().filter(code__in=aides).order_by("code")
    gardees, _ = ReponsesGardees.objects.update_or_create(
        user=par,
        defaults={
            "reponses": {code: v for code, v in reponses.items() if code in codes},
            "aides": list(connues.values_list("code", flat=True)),
        },
    )
    consigner(
        verbe="garder_reponses", objet=gardees, acteur=par, champs=sorted(gardees.reponses),
        aides=gardees.aides,
    )  # fmt: skip
    return gardees


@transaction.atomic
def ouvrir_depuis_simulation(*, entreprise: Entreprise, titre: str, par: User) -> Dossier:
    """Open a draft that starts with the answers its author kept, which are then kept no more.

    They win over what the company said in an earlier dossier. Raises PermissionDenied as
    `creer_dossier`, FaitsRefuses for an answer that cannot be read any more, and
    ReponsesGardees.DoesNotExist.
    """
    gardees = ReponsesGardees.objects.select_for_update().get(user=par)
    dossier = creer_dossier(entreprise=entreprise, titre=titre, par=par)
    dossier = declarer(dossier=dossier, reponses=gardees.reponses, aides=gardees.aides, par=par)
    gardees.delete()
    return dossier


@transaction.atomic
def oublier_reponses(*, par: User) -> None:
    """Forget what was kept, if anything was."""
    for gardees in ReponsesGardees.objects.select_for_update().filter(user=par):
        consigner(verbe="oublier_reponses", objet=gardees, acteur=par)
        gardees.delete()
