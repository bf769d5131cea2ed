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
from territoires.organismes.actes.guichets import (
    GuichetOccupe,
    creer_guichet,
    fermer_guichet,
    modifier_guichet,
    rouvrir_guichet,
    supprimer_guichet,
)
from territoires.organismes.actes.referentiel import Enregistrement, enregistrer_organismes

__all__ = [
    "Enregistrement",
    "GuichetOccupe",
    "annuler_invitation",
    "creer_guichet",
    "deplacer_agent",
    "enregistrer_organismes",
    "fermer_guichet",
    "inviter",
    "liberer_agent",
    "modifier_guichet",
    "nommer_administrateur",
    "rejoindre",
    "renvoyer_invitation",
    "retirer_administrateur",
    "retirer_agent",
    "retirer_gestionnaire",
    "rouvrir_guichet",
    "supprimer_guichet",
]
