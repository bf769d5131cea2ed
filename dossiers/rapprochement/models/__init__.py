"""The models of the match: what was matched, and the facts laid flat for the reverse way."""

from dossiers.rapprochement.models.faits import ActualisationLieux, FaitsDossier
from dossiers.rapprochement.models.inverse import Alerte, Changement, RechercheInverse
from dossiers.rapprochement.models.rapprochement import Rapprochement, Resultat

__all__ = [
    "ActualisationLieux",
    "Alerte",
    "Changement",
    "FaitsDossier",
    "Rapprochement",
    "RechercheInverse",
    "Resultat",
]
