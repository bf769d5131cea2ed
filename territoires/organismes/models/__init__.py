"""Who acts: organismes, their guichets and officers, and who is competent for what."""

from territoires.organismes.models.competence import Competence, NatureAide
from territoires.organismes.models.organisme import (
    AdministrateurOrganisme,
    AgentGuichet,
    GestionnaireCatalogue,
    Guichet,
    InvitationOrganisme,
    Organisme,
)

__all__ = [
    "AdministrateurOrganisme",
    "AgentGuichet",
    "Competence",
    "GestionnaireCatalogue",
    "Guichet",
    "InvitationOrganisme",
    "NatureAide",
    "Organisme",
]
