"""What exists: aides, the immutable versions under which they were published, the drafts."""

from aides.models.aide import Aide, VersionAide
from aides.models.brouillon import BrouillonAide, EtapeBrouillon
from aides.models.porteur import Porteur
from aides.models.publication import Publication

__all__ = ["Aide", "BrouillonAide", "EtapeBrouillon", "Porteur", "Publication", "VersionAide"]
