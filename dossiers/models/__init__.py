"""Who asks: entreprises and their members, dossiers and their versions, demandes, and what
companies and desks exchange about them.
"""

from dossiers.models.complement import Complement, ElementComplement
from dossiers.models.demande import SILENCE_DIT, Demande
from dossiers.models.document import Document
from dossiers.models.dossier import Dossier, VersionDossier
from dossiers.models.entreprise import Entreprise, InvitationEntreprise, Membre
from dossiers.models.message import Message
from dossiers.models.notification import Notification
from dossiers.models.piece import Piece
from dossiers.models.verification import Verification

__all__ = [
    "SILENCE_DIT",
    "Complement",
    "Demande",
    "Document",
    "Dossier",
    "ElementComplement",
    "Entreprise",
    "InvitationEntreprise",
    "Membre",
    "Message",
    "Notification",
    "Piece",
    "Verification",
    "VersionDossier",
]
