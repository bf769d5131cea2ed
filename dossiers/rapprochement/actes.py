"""Writes of the room where dossiers meet the catalogue."""

from __future__ import annotations

from django.db import transaction
from django.db.models import JSONField, Value

from aides.criteres.preuves import preuves_json
from aides.criteres.valeurs import vers_json
from dossiers.models import VersionDossier
from dossiers.rapprochement.actes_projection import projeter
from dossiers.rapprochement.appariement import Appariement
from dossiers.rapprochement.contexte import contexte_de
from dossiers.rapprochement.models import Rapprochement, Resultat
from dossiers.rapprochement.noms import nommeur
from territoires.zones import ReferentielZones


@transaction.atomic
def garder(
    *, version: VersionDossier, appariement: Appariement, referentiel: ReferentielZones
) -> Rapprochement:
    """Keep a match: the facts it saw, every outcome with its proof and its estimate, and what it
    takes to replay it. `referentiel` is the one the match was made with. The version becomes the
    current one of its dossier, its facts laid flat for reverse matching.
    """
    projeter(version=version, faits=appariement.faits)
    preuves = [aide.preuve for aide in appariement.aides]
    contexte = contexte_de(appariement.faits, preuves, referentiel)
    rapprochement = Rapprochement.objects.create(
        version_dossier=version,
        le=appariement.le,
        faits=vers_json(appariement.faits),
        contexte=contexte,
    )
    noms = nommeur(contexte["noms"])
    resultats = [
        Resultat(
            rapprochement=rapprochement,
            version_aide_id=aide.version.pk,
            issue=aide.issue.value,
            # A value of its own: in an array of literals, psycopg escapes it in Python, which
            # takes as long as all the rest of the deposit.
            preuve=Value(preuve, JSONField()),
            montant=aide.estimation.en_json(),
        )
        for aide, preuve in zip(appariement.aides, preuves_json(preuves, noms), strict=True)
    ]
    Resultat.objects.bulk_create(resultats, batch_size=500)
    return rapprochement
