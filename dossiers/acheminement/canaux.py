"""The channels by which a demande reaches a desk: one function each.

A channel hands over or raises; it must bear to be called twice with the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from dossiers.acheminement.models import Acheminement


def corbeille(acheminement: Acheminement) -> None:
    """The portal's inbox lists what is handed over (`remise_le`): there is nothing to send."""


def courriel(acheminement: Acheminement) -> None:
    """Tell the desk by e-mail that a request waits; the case itself never leaves the portal.

    Delivery is at least once: a crash between sending and committing sends again, with the
    same Message-ID, by which mail systems fold the two.
    """
    demande = acheminement.demande
    chemin = reverse("instruction:demande", kwargs={"identifiant": demande.identifiant})
    contexte = {
        "demande": demande,
        "guichet": acheminement.guichet,
        "adresse": urljoin(settings.ADRESSE_PUBLIQUE, chemin),
    }
    domaine = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    EmailMessage(
        subject=f"Nouvelle demande {demande.numero} : {demande.version_aide.titre}",
        body=render_to_string("acheminement/courriel_guichet.txt", contexte),
        to=[acheminement.guichet.courriel],
        headers={"Message-ID": f"<{acheminement.cle}@{domaine}>"},
    ).send()


CANAUX: Mapping[str, Callable[[Acheminement], None]] = {
    Acheminement.Canal.PORTAIL: corbeille,
    Acheminement.Canal.COURRIEL: courriel,
}
