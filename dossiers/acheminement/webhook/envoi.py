"""Calls to the system of a desk, signed with its secrets."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from dossiers.acheminement.models import Connexion
from dossiers.acheminement.webhook.adresses import Cible, exiger_permises, lire
from dossiers.acheminement.webhook.client import (
    DELAI,
    EchangeEchoue,
    Reponse,
    appeler,
    resoudre,
)
from dossiers.acheminement.webhook.coffre import dechiffrer
from dossiers.acheminement.webhook.signature import signer

AGENT = "portail-aides-webhook/1"


def secrets_de(connexion: Connexion) -> list[str]:
    """Those that sign and verify, the newest first. Raises SecretIllisible."""
    return [dechiffrer(secret.chiffre) for secret in connexion.secrets.vivants()]


def cible_de(url: str) -> Cible:
    """The address taken apart, as these settings allow. Raises AdresseRefusee."""
    return lire(url, boucle_locale=settings.WEBHOOK_BOUCLE_LOCALE)


def verifier_adresse(url: str) -> None:
    """Refuse an address that may not be called, or whose name leads nowhere today.

    It is checked again at every call: a name may lead elsewhere later. Raises AdresseRefusee,
    EchangeEchoue.
    """
    cible = cible_de(url)
    try:
        ips = resoudre(cible.hote, cible.port)
    except (OSError, UnicodeError) as erreur:
        raise EchangeEchoue(
            f"Aucune machine ne porte le nom {cible.hote} : vérifiez l’adresse."
        ) from erreur
    exiger_permises(cible, ips, boucle_locale=settings.WEBHOOK_BOUCLE_LOCALE)


def poster(
    url: str, cle: UUID, corps: str, secrets: Sequence[str], delai: float = DELAI
) -> Reponse:
    """Send a message of this key. Raises AdresseRefusee, EchangeEchoue."""
    entetes = {
        **signer(str(cle), corps, secrets),
        "Idempotency-Key": str(cle),
        "Content-Type": "application/json",
        "User-Agent": AGENT,
    }
    return _appeler("POST", cible_de(url), entetes, corps.encode(), delai)


def demander(url: str, cle: UUID, secrets: Sequence[str], delai: float = DELAI) -> Reponse:
    """Ask whether what has this key was received. Raises AdresseRefusee, EchangeEchoue."""
    entetes = {**signer(str(cle), "", secrets), "Accept": "application/json", "User-Agent": AGENT}
    return _appeler("GET", cible_de(url).sous(str(cle)), entetes, None, delai)


def _appeler(
    methode: str, cible: Cible, entetes: dict[str, str], corps: bytes | None, delai: float
) -> Reponse:
    return appeler(
        methode,
        cible,
        entetes=entetes,
        corps=corps,
        delai=delai,
        boucle_locale=settings.WEBHOOK_BOUCLE_LOCALE,
    )
