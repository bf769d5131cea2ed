"""Routing, handing over, acknowledging: every write, each safe to repeat and to interrupt."""

from dossiers.acheminement.actes.accuse import AccuseInconnu, accuser, accuser_reception
from dossiers.acheminement.actes.balayage import acheminer, balayer, reste_apres_un_lot
from dossiers.acheminement.actes.disjoncteur import couper, rouvrir
from dossiers.acheminement.actes.orientation import orienter, reorienter, router
from dossiers.acheminement.actes.quarantaine import rejouer, rejouer_guichet
from dossiers.acheminement.actes.remise import delai, remettre, remettre_suivant, signaler_mort

__all__ = [
    "AccuseInconnu",
    "accuser",
    "accuser_reception",
    "acheminer",
    "balayer",
    "couper",
    "delai",
    "orienter",
    "rejouer",
    "rejouer_guichet",
    "remettre",
    "remettre_suivant",
    "reorienter",
    "reste_apres_un_lot",
    "router",
    "rouvrir",
    "signaler_mort",
]
