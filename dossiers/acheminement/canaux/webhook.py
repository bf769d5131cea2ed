"""The system of a desk: each demande as signed JSON, in the Standard Webhooks convention."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from dossiers.acheminement.canaux.registre import EchecDefinitif, EchecPassager, Remise, canal
from dossiers.acheminement.models import Acheminement, Connexion
from dossiers.acheminement.webhook.adresses import AdresseRefusee
from dossiers.acheminement.webhook.charge import canonique, message
from dossiers.acheminement.webhook.client import EchangeEchoue, Reponse
from dossiers.acheminement.webhook.coffre import SecretIllisible
from dossiers.acheminement.webhook.envoi import demander, poster, secrets_de
from dossiers.acheminement.webhook.reponses import (
    Sens,
    attente,
    empreinte_recue,
    juger,
    ne_sait_pas,
)
from territoires.organismes.models import Canal

AUTRE_CONTENU = (
    "Le système du guichet a, sous cette clé, un autre contenu que celui de la demande. Comparez "
    "les deux avec le guichet avant de rejouer l’envoi."
)


@canal(Canal.WEBHOOK)
def remettre(acheminement: Acheminement) -> Remise:
    """Send it, unless an earlier attempt arrived after all. An answer with the hash of the
    content acknowledges too.
    """
    connexion, secrets = _connexion(acheminement)
    envoi = message(acheminement, timezone.now())
    empreinte = envoi["data"]["empreinte"]
    if acheminement.tentatives > 1:
        deja = _echanger(lambda: demander(connexion.url, acheminement.cle, secrets))
        if not ne_sait_pas(deja) and (remise := _lire(deja, empreinte)).accusee:
            return remise
    corps = canonique(envoi)
    reponse = _echanger(lambda: poster(connexion.url, acheminement.cle, corps, secrets))
    return _lire(reponse, empreinte)


def _connexion(acheminement: Acheminement) -> tuple[Connexion, list[str]]:
    connexion = Connexion.objects.filter(guichet=acheminement.guichet_id, active=True).first()
    if connexion is None:
        raise EchecDefinitif(
            "Ce guichet n’a pas de connexion active : rejouez l’envoi, il partira par son canal "
            "actuel. Pour l’envoyer à son système, remettez d’abord la connexion en service."
        )
    try:
        secrets = secrets_de(connexion)
    except SecretIllisible as erreur:
        raise EchecDefinitif(
            "Le secret de ce guichet ne peut plus être lu (SECRET_KEY a changé) : créez-en un "
            "nouveau, donnez-le au guichet, puis rejouez l’envoi."
        ) from erreur
    if not secrets:
        raise EchecDefinitif(
            "Ce guichet n’a pas de secret : créez-le, donnez-le au guichet, puis rejouez l’envoi."
        )
    return connexion, secrets


def _echanger(appel: Callable[[], Reponse]) -> Reponse:
    try:
        return appel()
    except AdresseRefusee as refus:
        raise EchecDefinitif(f"{refus} Corrigez l’adresse de la connexion.") from refus
    except EchangeEchoue as echec:
        raise EchecPassager(str(echec)) from echec


def _lire(reponse: Reponse, empreinte: str) -> Remise:
    """Raises EchecPassager, EchecDefinitif."""
    verdict = juger(reponse)
    if verdict.sens is Sens.PASSAGER:
        raise EchecPassager(verdict.motif, attente(reponse))
    if verdict.sens is Sens.DEFINITIF:
        raise EchecDefinitif(verdict.motif)
    recue = empreinte_recue(reponse)
    if recue and recue != empreinte:
        raise EchecDefinitif(AUTRE_CONTENU)
    return Remise(accusee=recue == empreinte)
