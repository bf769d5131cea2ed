"""Every write of the company's path: keyword-only, atomic, journalled."""

from dossiers.depot.actes.brouillon import (
    ConflitDeRevision,
    DossierDejaDepose,
    FaitsRefuses,
    PageVue,
    canoniques,
    choisir_aides,
    creer_dossier,
    enregistrer_section,
)
from dossiers.depot.actes.depot import DepotImpossible, deposer
from dossiers.depot.actes.entreprises import (
    EntrepriseDejaConnue,
    accepter_adhesion,
    adherer,
    creer_entreprise,
    rattacher,
    refuser_adhesion,
)

__all__ = [
    "ConflitDeRevision",
    "DepotImpossible",
    "DossierDejaDepose",
    "EntrepriseDejaConnue",
    "FaitsRefuses",
    "PageVue",
    "accepter_adhesion",
    "adherer",
    "canoniques",
    "choisir_aides",
    "creer_dossier",
    "creer_entreprise",
    "deposer",
    "enregistrer_section",
    "rattacher",
    "refuser_adhesion",
]
