"""What exists: aides, and the immutable versions under which they were published."""

from aides.models.aide import Aide, VersionAide
from aides.models.porteur import Porteur
from aides.models.publication import Publication

__all__ = ["Aide", "Porteur", "Publication", "VersionAide"]
