"""Every write of the company's path: keyword-only, atomic, journalled."""

from dossiers.depot.actes.ajout import ajouter_aide
from dossiers.depot.actes.brouillon import (
    ConflitDeRevision,
    DossierDejaDepose,
    FaitsRefuses,
    PageVue,
    canoniques,
    choisir_aides,
    creer_dossier,
    declarer,
    enregistrer_section,
)
from dossiers.depot.actes.comptes import fermer_compte, peut_fermer
from dossiers.depot.actes.depot import DepotImpossible, deposer
from dossiers.depot.actes.entreprises import (
    EntrepriseDejaConnue,
    accepter_adhesion,
    adherer,
    creer_entreprise,
    rattacher,
    refuser_adhesion,
)
from dossiers.depot.actes.invitations import (
    annuler_invitation,
    inviter,
    rejoindre,
    renvoyer_invitation,
)
from dossiers.depot.actes.membres import (
    DernierResponsable,
    changer_role,
    quitter,
    reassigner,
    retirer_membre,
    verifier_entreprise,
)
from dossiers.depot.actes.simulation import (
    garder_reponses,
    oublier_reponses,
    ouvrir_depuis_simulation,
)

__all__ = [
    "ConflitDeRevision",
    "DepotImpossible",
    "DernierResponsable",
    "DossierDejaDepose",
    "EntrepriseDejaConnue",
    "FaitsRefuses",
    "PageVue",
    "accepter_adhesion",
    "adherer",
    "ajouter_aide",
    "annuler_invitation",
    "canoniques",
    "changer_role",
    "choisir_aides",
    "creer_dossier",
    "creer_entreprise",
    "declarer",
    "deposer",
    "enregistrer_section",
    "fermer_compte",
    "garder_reponses",
    "inviter",
    "oublier_reponses",
    "ouvrir_depuis_simulation",
    "peut_fermer",
    "quitter",
    "rattacher",
    "reassigner",
    "refuser_adhesion",
    "rejoindre",
    "renvoyer_invitation",
    "retirer_membre",
    "verifier_entreprise",
]
