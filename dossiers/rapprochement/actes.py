"""Writes of the room where dossiers meet the catalogue."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import JSONField, Value

from aides.criteres.preuves import preuve_json
from aides.criteres.valeurs import vers_json
from dossiers.models import VersionDossier
from dossiers.rapprochement.actes_projection import projeter
from dossiers.rapprochement.appariement import AideAppariee, Appariement
from dossiers.rapprochement.contexte import contexte_de
from dossiers.rapprochement.models import Rapprochement, Resultat
from dossiers.rapprochement.noms import nommeur
from portal.socle.json_canonique import EnClair
from territoires.zones import ReferentielZones


@transaction.atomic(savepoint=False)
def garder(
    *,
    version: VersionDossier,
    appariement: Appariement,
    demandees: Collection[AideAppariee],
    referentiel: ReferentielZones,
) -> Rapprochement:
    """Keep a match: the facts it saw, every outcome with the verdict of each condition, and what
    it takes to replay it; of the aides asked for, the proof in words and the estimate as well.

    `referentiel` is the one the match was made with. The version becomes the current one of its
    dossier, its facts laid flat for reverse matching.
    """
    projeter(version=version, faits=appariement.faits)
    contexte = contexte_de(appariement.faits, [aide.preuve for aide in demandees], referentiel)
    rapprochement = Rapprochement.objects.create(
        version_dossier=version,
        le=appariement.le,
        faits=vers_json(appariement.faits),
        contexte=contexte,
        autres=_autres(appariement, demandees),
    )
    noms = nommeur(contexte["noms"])
    Resultat.objects.bulk_create(
        Resultat(
            rapprochement=rapprochement,
            version_aide_id=aide.version.pk,
            issue=aide.issue.value,
            # A value of its own: in an array of literals, the driver escapes it twice.
            preuve=Value(preuve_json(aide.preuve, noms), JSONField(encoder=EnClair)),
            montant=aide.estimation.en_json(),
        )
        for aide in demandees
    )
    return rapprochement


def _autres(
    appariement: Appariement, demandees: Collection[AideAppariee]
) -> dict[str, tuple[str, str]]:
    """What is kept of the aides that were not asked for (`Rapprochement.autres`)."""
    resumes = appariement.lecture.resumes()
    rangs = {aide.rang for aide in demandees}
    return {
        str(aide.version.pk): (aide.issue.value, resumes[aide.rang])
        for aide in appariement.aides
        if aide.rang not in rangs
    }
