"""Secrets of the desks at rest: we must read them to sign, so that they cannot be hashed as
passwords are.
"""

from portal.socle.coffre import Coffre
from portal.socle.coffre import SecretIllisible as SecretIllisible

_COFFRE = Coffre("dossiers.acheminement.webhook")
chiffrer = _COFFRE.chiffrer
dechiffrer = _COFFRE.dechiffrer
