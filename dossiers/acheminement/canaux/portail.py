"""The portal's inbox."""

from __future__ import annotations

from dossiers.acheminement.canaux.registre import Remise, canal
from dossiers.acheminement.models import Acheminement
from territoires.organismes.models import Canal


@canal(Canal.PORTAIL)
def remettre(acheminement: Acheminement) -> Remise:
    """The inbox lists what is handed over (`remise_le`): there is nothing to send."""
    return Remise()
