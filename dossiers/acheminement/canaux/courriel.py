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


@canal(Canal.COURRIEL)
def remettre(acheminement: Acheminement) -> Remise:
    """Send it. At least once: a crash between sending and committing sends again, with the same
    Message-ID, by which mail systems fold the two.
    """
    if not acheminement.guichet.courriel:
        raise EchecDefinitif(
            "Ce guichet n’a pas d’adresse électronique : indiquez-la, puis rejouez l’envoi."
        )
    demande = acheminement.demande
    chemin = reverse("instruction:demande", kwargs={"identifiant": demande.identifiant})
    contexte = {
        "demande": demande,
        "guichet": acheminement.guichet,
        "adresse": urljoin(settings.ADRESSE_PUBLIQUE, chemin),
        "accuse": adresse_accuse(acheminement),
    }
    composer(
        sujet=f"Nouvelle demande {demande.numero} : {demande.version_aide.titre}",
        texte=render_to_string("acheminement/courriel_guichet.txt", contexte),
        a=acheminement.guichet.courriel,
        identifiant=str(acheminement.cle),
    ).send()
    return Remise()
