"""Who acts: organismes, their guichets and officers, and who is competent for what."""

from territoires.organismes.models.competence import Competence, NatureAide
from territoires.organismes.models.organisme import AgentGuichet, Guichet, Organisme

__all__ = ["AgentGuichet", "Competence", "Guichet", "NatureAide", "Organisme"]
