"""The document of a deposit, read strictly."""

from __future__ import annotations

from dossiers.rapprochement.api.views import LecteurJson


class LecteurDepot(LecteurJson):
    """One deposit."""

    envoi = "Un dépôt"
    attendu = (
        "Un objet JSON est attendu : siret, titre, description, faits, aides. Voir "
        "/api/v1/docs/ pour un exemple."
    )
