"""The e-mail that tells a desk that a demande waits; the case itself never leaves the portal."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from dossiers.acheminement.canaux.registre import EchecDefinitif, Remise, canal
from dossiers.acheminement.courriels.liens import adresse_accuse
from dossiers.acheminement.models import Acheminement
from dossiers.notifications import composer
from territoires.organismes.models import Canal

_LIEES = (
    "guichet", "demande__dossier__entreprise", "demande__version_aide", "demande__commune",
)  # fmt: skip
#: All that the e-mail says: dossiers and aides are large, and read for each announcement.
_LUES = (
    "guichet__nom", "guichet__courriel", "demande__identifiant", "demande__deposee_le",
    "demande__echeance", "demande__motif_orientation", "demande__dossier__depose_le",
    "demande__dossier__entreprise__nom", "demande__version_aide__titre", "demande__commune__nom",
    "demande__commune__codes_postaux",
)  # fmt: skip


@canal(Canal.COURRIEL)
def remettre(acheminement: Acheminement) -> Remise:
    """Send it. At least once: a crash between sending and committing sends again, with the same
    Message-ID, by which mail systems fold the two.
    """
    envoi = Acheminement.objects.select_related(*_LIEES).only(*_LUES).get(pk=acheminement.pk)
    demande, guichet = envoi.demande, envoi.guichet
    if not guichet.courriel:
        raise EchecDefinitif(
            "Ce guichet n’a pas d’adresse électronique : indiquez-la, puis rejouez l’envoi."
        )
    chemin = reverse("instruction:demande", kwargs={"identifiant": demande.identifiant})
    contexte = {
        "demande": demande,
        "guichet": guichet,
        "adresse": urljoin(settings.ADRESSE_PUBLIQUE, chemin),
        "accuse": adresse_accuse(acheminement),
    }
    composer(
        sujet=f"Nouvelle demande {demande.numero} : {demande.version_aide.titre}",
        texte=render_to_string("acheminement/courriel_guichet.txt", contexte),
        a=guichet.courriel,
        identifiant=str(acheminement.cle),
    ).send()
    return Remise()
