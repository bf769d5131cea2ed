"""What every test of chaos starts from: companies, drafts, three aides, and a desk for each."""

from __future__ import annotations

from dossiers.acheminement.models import Connexion, SecretConnexion
from dossiers.acheminement.webhook.coffre import chiffrer
from tests.chaos.destinataire import SECRET
from tests.fabriques import (
    FAITS,
    AideFabrique,
    CommuneFabrique,
    CompetenceFabrique,
    DossierFabrique,
    GuichetFabrique,
    MembreFabrique,
    VersionAideFabrique,
    declare,
)

#: One aide and one desk each.
NATURES = ("investissement", "innovation", "conseil")


def peupler(brouillons: int) -> None:
    """Drafts of as many companies, each asking for the three aides.

    The system of each desk has an address that each test replaces by its receiver's.
    """
    for nature in NATURES:
        VersionAideFabrique(aide=AideFabrique(code=f"aide-{nature}"), nature=nature)
        guichet = GuichetFabrique(code=f"guichet-{nature}", canal="webhook")
        CompetenceFabrique(nature=nature, guichet=guichet)
        connexion = Connexion.objects.create(guichet=guichet, url="à remplacer", active=True)
        SecretConnexion.objects.create(connexion=connexion, chiffre=chiffrer(SECRET))
    commune = CommuneFabrique()
    faits = {c: declare(v) for c, v in {**FAITS, "commune_projet": commune.code}.items()}
    for _ in range(brouillons):
        membre = MembreFabrique()
        DossierFabrique(
            entreprise=membre.entreprise,
            cree_par=membre.user,
            faits=faits,
            choix=[f"aide-{nature}" for nature in NATURES],
        )
