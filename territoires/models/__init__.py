"""Places, dated zones and the nomenclatures of INSEE."""

from territoires.models.decoupage import (
    Commune,
    CommuneAncienne,
    Departement,
    Epci,
    Region,
    ZoneMonde,
)
from territoires.models.nomenclatures import ActiviteNaf, FormeJuridique
from territoires.models.reference import Chargement
from territoires.models.zones import AppartenanceZone, CoucheZone, Zone

__all__ = [
    "ActiviteNaf",
    "AppartenanceZone",
    "Chargement",
    "Commune",
    "CommuneAncienne",
    "CoucheZone",
    "Departement",
    "Epci",
    "FormeJuridique",
    "Region",
    "Zone",
    "ZoneMonde",
]
