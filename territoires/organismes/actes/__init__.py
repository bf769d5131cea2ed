"""Every write of who acts: keyword-only, atomic, journalled."""

from territoires.organismes.actes.agents import (
    annuler_invitation,
    deplacer_agent,
    inviter,
    liberer_agent,
    nommer_administrateur,
    rejoindre,
    renvoyer_invitation,
    retirer_administrateur,
    retirer_agent,
    retirer_gestionnaire,
)
from territoires.organismes.actes.changements import (
    ChangementRefuse,
    RevisionDepassee,
    abandonner_changement,
    changement_de,
    ecrire_competences,
    preparer_operations,
    retirer_operation,
)
from territoires.organismes.actes.conventions import (
    TexteConvention,
    creer_convention,
    modifier_convention,
)
from territoires.organismes.actes.guichets import (
    GuichetOccupe,
    creer_guichet,
    fermer_guichet,
    modifier_guichet,
    obstacle_a_la_suppression,
    rouvrir_guichet,
    supprimer_guichet,
)
from territoires.organismes.actes.referentiel import Enregistrement, enregistrer_organismes

__all__ = [
    "ChangementRefuse",
    "Enregistrement",
    "GuichetOccupe",
    "RevisionDepassee",
    "TexteConvention",
    "abandonner_changement",
    "annuler_invitation",
    "changement_de",
    "creer_convention",
    "creer_guichet",
    "deplacer_agent",
    "ecrire_competences",
    "enregistrer_organismes",
    "fermer_guichet",
    "inviter",
    "liberer_agent",
    "modifier_convention",
    "modifier_guichet",
    "nommer_administrateur",
    "obstacle_a_la_suppression",
    "preparer_operations",
    "rejoindre",
    "renvoyer_invitation",
    "retirer_administrateur",
    "retirer_agent",
    "retirer_gestionnaire",
    "retirer_operation",
    "rouvrir_guichet",
    "supprimer_guichet",
]
