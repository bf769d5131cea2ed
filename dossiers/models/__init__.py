"""Who asks: entreprises and their members, dossiers and their versions, demandes."""

from dossiers.models.demande import Demande
from dossiers.models.dossier import Dossier, VersionDossier
from dossiers.models.entreprise import Entreprise, Membre

__all__ = ["Demande", "Dossier", "Entreprise", "Membre", "VersionDossier"]
