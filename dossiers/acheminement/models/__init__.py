"""Handing over, per recipient and channel: attempts, leases, clocks, failures, breakers."""

from dossiers.acheminement.models.acheminement import Acheminement, cle_idempotence
from dossiers.acheminement.models.connexion import (
    AccuseRecu,
    Connexion,
    SecretConnexion,
    reference_au_guichet,
)
from dossiers.acheminement.models.disjoncteur import Disjoncteur
from dossiers.acheminement.models.echec import Echec

__all__ = [
    "AccuseRecu",
    "Acheminement",
    "Connexion",
    "Disjoncteur",
    "Echec",
    "SecretConnexion",
    "cle_idempotence",
    "reference_au_guichet",
]
