"""Who acts: organismes, their guichets and officers, and who is competent for what."""

from territoires.organismes.models.changement import ChangementCompetences
from territoires.organismes.models.competence import Competence, NatureAide
from territoires.organismes.models.convention import Convention
from territoires.organismes.models.organisme import (
    AdministrateurOrganisme,
    AgentGuichet,
    Canal,
    GestionnaireCatalogue,
    Guichet,
    InvitationOrganisme,
    Organisme,
)

__all__ = [
    "AdministrateurOrganisme",
    "AgentGuichet",
    "Canal",
    "ChangementCompetences",
    "Competence",
    "Convention",
    "GestionnaireCatalogue",
    "Guichet",
    "InvitationOrganisme",
    "NatureAide",
    "Organisme",
]
