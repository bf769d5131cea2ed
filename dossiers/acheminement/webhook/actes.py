"""What an administrator does with the connection of a desk, and what its system sends back."""

from __future__ import annotations

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dossiers.acheminement.actes.accuse import accuser_reception
from dossiers.acheminement.actes.orientation import preparer_canal
from dossiers.acheminement.models import AccuseRecu, Acheminement, Connexion, SecretConnexion
from dossiers.acheminement.webhook.adresses import AdresseRefusee
from dossiers.acheminement.webhook.charge import contenu_de, empreinte
from dossiers.acheminement.webhook.client import EchangeEchoue
from dossiers.acheminement.webhook.coffre import SecretIllisible, chiffrer
from dossiers.acheminement.webhook.envoi import poster, secrets_de, verifier_adresse
from dossiers.acheminement.webhook.reponses import Sens, juger
from dossiers.acheminement.webhook.signature import nouveau_secret
from dossiers.models import Demande
from portal.comptes.models import User
from portal.socle.journal import consigner
from portal.socle.models import Evenement
from territoires.organismes.actes.droits import verrouiller
from territoires.organismes.models import Canal, Guichet

journal = logging.getLogger(__name__)

#: How long the secret that another replaced still signs and verifies.
RECOUVREMENT = timedelta(days=7)
#: A person waits for the answer of a trial.
DELAI_ESSAI = 5.0
#: How far the clock of a desk's system may be from ours, as for signatures.
DECALAGE = timedelta(minutes=5)


class ConnexionRefusee(Exception):
    """What cannot be done with a connection now; the message is French, for who asked."""


class EnDoute(ConnexionRefusee):
    """An attempt without an answer, before the connection was stopped, may have arrived."""


# ------------------------------------------------------------------ setting it up


def definir_adresse(*, guichet: Guichet, url: str, par: User) -> Connexion:
    """Say where the system of a desk is called. Raises ConnexionRefusee, PermissionDenied."""
    try:
        verifier_adresse(url)
    except (AdresseRefusee, EchangeEchoue) as refus:
        raise ConnexionRefusee(str(refus)) from refus
    with transaction.atomic():
        verrouiller(guichet.organisme, par)
        connexion, creee = Connexion.objects.select_for_update().get_or_create(
            guichet=guichet, defaults={"url": url}
        )
        if creee or connexion.url != url:
            connexion.url, connexion.essai = url, ""
            connexion.essai_le, connexion.essai_reussi = None, False
            connexion.save()
            consigner(verbe="connexion_adresse", objet=connexion, acteur=par, guichet=guichet.pk)
    return connexion


@transaction.atomic
def renouveler_secret(*, connexion: Connexion, vu: int, par: User) -> str:
    """A new secret, in clear this once; the one it replaces lives RECOUVREMENT longer.

    `vu` is the key of the secret that the person saw in use (0 for none): a form sent twice makes
    one secret. Raises ConnexionRefusee, PermissionDenied.
    """
    actuelle = _verrouiller(connexion, par)
    en_usage = actuelle.secrets.filter(expire_le__isnull=True).first()
    if (en_usage.pk if en_usage else 0) != vu:
        raise ConnexionRefusee("Le secret a été renouvelé entre-temps : relisez cette page.")
    secret, nouveau = _remplacer_secret(actuelle)
    consigner(
        verbe="connexion_secret", objet=actuelle, acteur=par, guichet=actuelle.guichet_id,
        secret=nouveau.pk,
    )  # fmt: skip
    return secret


def _remplacer_secret(connexion: Connexion) -> tuple[str, SecretConnexion]:
    """A new secret, in clear and kept; the one in use runs out RECOUVREMENT later."""
    maintenant = timezone.now()
    # Two at most: what was being replaced already is over.
    connexion.secrets.filter(expire_le__gt=maintenant).update(expire_le=maintenant)
    connexion.secrets.filter(expire_le__isnull=True).update(expire_le=maintenant + RECOUVREMENT)
    secret = nouveau_secret()
    return secret, SecretConnexion.objects.create(connexion=connexion, chiffre=chiffrer(secret))


@transaction.atomic
def retirer_anciens_secrets(*, connexion: Connexion, par: User) -> int:
    """End at once the secrets that were replaced; how many. Raises PermissionDenied."""
    actuelle, maintenant = _verrouiller(connexion, par), timezone.now()
    nombre = actuelle.secrets.filter(expire_le__gt=maintenant).update(expire_le=maintenant)
    if nombre:
        consigner(
            verbe="connexion_secrets_retires", objet=actuelle, acteur=par,
            guichet=actuelle.guichet_id,
        )  # fmt: skip
    return nombre


@transaction.atomic
def activer(*, connexion: Connexion, par: User) -> None:
    """Make the system the desk's channel of record, once a trial passed. Idempotent.

    Raises ConnexionRefusee, PermissionDenied.
    """
    actuelle = _verrouiller(connexion, par)
    if not actuelle.essai_reussi or not actuelle.secrets.vivants().exists():
        raise ConnexionRefusee("Envoyez d’abord un essai : il doit réussir à cette adresse.")
    _basculer(actuelle, par, active=True)


@transaction.atomic
def desactiver(*, connexion: Connexion, par: User) -> None:
    """Hand over in the portal again; what is under way waits to be replayed there. Idempotent.

    Raises PermissionDenied.
    """
    _basculer(_verrouiller(connexion, par), par, active=False)


def _basculer(connexion: Connexion, par: User, *, active: bool) -> None:
    if connexion.active == active:
        return
    connexion.active = active
    connexion.save(update_fields=["active"])
    canal = Canal.WEBHOOK if active else Canal.PORTAIL
    Guichet.objects.filter(pk=connexion.guichet_id).update(canal=canal)
    consigner(
        verbe="connexion_activee" if active else "connexion_desactivee", objet=connexion,
        acteur=par, guichet=connexion.guichet_id,
    )  # fmt: skip


def _verrouiller(connexion: Connexion, par: User) -> Connexion:
    verrouiller(connexion.guichet.organisme, par)
    return Connexion.objects.select_for_update().get(pk=connexion.pk)


@transaction.atomic
def connecter_cette_machine(*, guichet: Guichet, url: str) -> str:
    """Connect a desk to a receiver of this machine, and give it a new secret: for development,
    where nobody needs to be asked. The secret in use runs out as when one renews it.
    Raises ConnexionRefusee elsewhere.
    """
    if not settings.WEBHOOK_BOUCLE_LOCALE:
        raise ConnexionRefusee("Ce portail n’appelle pas cette machine.")
    connexion, _ = Connexion.objects.update_or_create(
        guichet=guichet, defaults={"url": url, "active": True}
    )
    secret, _ = _remplacer_secret(connexion)
    Guichet.objects.filter(pk=guichet.pk).update(canal=Canal.WEBHOOK)
    consigner(verbe="connexion_activee", objet=connexion, guichet=guichet.pk)
    return secret


@transaction.atomic
def transmettre(*, demande: Demande) -> Acheminement:
    """Prepare for the system of its desk a demande that the desk had before it was connected.

    The row waits to be handed over, unless it was already. Raises ConnexionRefusee, and EnDoute
    rather than send under another key what the system may have under the first.
    """
    guichet = demande.guichet
    if guichet is None or not Connexion.objects.filter(guichet=guichet, active=True).exists():
        raise ConnexionRefusee("Le guichet de cette demande n’a pas de connexion active.")
    doutes = Evenement.objects.filter(
        objet_type=Demande._meta.label_lower, objet_id=str(demande.pk), verbe="rejouer"
    )
    if doutes.filter(donnees__guichet=guichet.pk, donnees__doute=True).exists():
        raise EnDoute(
            "un envoi resté sans réponse a pu arriver à ce système avant son arrêt : voyez avec le "
            "guichet ; elle l’attend dans le portail"
        )
    return preparer_canal(demande, guichet, Canal.WEBHOOK, de_reference=False)


# ------------------------------------------------------------------ trying it


@dataclass(frozen=True, slots=True)
class Essai:
    """Whether the system answered well, and what it did, in French."""

    reussi: bool
    texte: str


def essayer(*, connexion: Connexion, par: User) -> Essai:
    """Send a message that holds no demande, and keep what came of it. Raises PermissionDenied."""
    with transaction.atomic():
        actuelle = _verrouiller(connexion, par)
    essai = _essai(actuelle)
    with transaction.atomic():
        # Of this address only: it may have been changed while we waited.
        Connexion.objects.filter(pk=actuelle.pk, url=actuelle.url).update(
            essai=essai.texte, essai_reussi=essai.reussi, essai_le=timezone.now()
        )
        consigner(
            verbe="connexion_essayee", objet=actuelle, acteur=par, guichet=actuelle.guichet_id,
            reussi=essai.reussi,
        )  # fmt: skip
    return essai


def _essai(connexion: Connexion) -> Essai:
    corps = json.dumps(
        {
            "type": "essai",
            "timestamp": timezone.now().isoformat(timespec="seconds"),
            "data": {"guichet": connexion.guichet.code},
        }
    )
    try:
        secrets = secrets_de(connexion)
        if not secrets:
            return Essai(False, "Il n’y a pas encore de secret : créez-le d’abord.")
        reponse = poster(connexion.url, uuid.uuid4(), corps, secrets, DELAI_ESSAI)
    except SecretIllisible:
        return Essai(False, "Le secret ne peut plus être lu : créez-en un nouveau.")
    except (AdresseRefusee, EchangeEchoue) as echec:
        return Essai(False, str(echec))
    verdict = juger(reponse)
    if verdict.sens is Sens.RECUE:
        return Essai(True, f"Le système du guichet a bien reçu l’essai (réponse {reponse.statut}).")
    return Essai(False, verdict.motif.removesuffix(" Un nouvel essai suivra."))


# ------------------------------------------------------------------ what it acknowledges


@dataclass(frozen=True, slots=True)
class Accuse:
    """What the system of a desk says that it received, as docs/schemas/accuse-1.json says."""

    cle: uuid.UUID
    empreinte: str
    recu_le: datetime
    reference: str


class MessageDifferent(Exception):
    """Another message had this identifier already."""


class InstantImpossible(Exception):
    """When the system says that it received what it acknowledges cannot be; French, for it."""


@transaction.atomic
def recevoir_accuse(*, guichet: Guichet, message: str, corps: str, accuse: Accuse) -> AccuseRecu:
    """Take up an acknowledgement whose signature was verified; the same message again changes
    nothing and has the same result.

    `message` is its identifier, `corps` the SHA-256 of its body. Raises MessageDifferent,
    InstantImpossible.
    """
    acheminement = _acheminement(accuse)
    resultat = _resultat(guichet, accuse, acheminement)
    sien = acheminement if resultat in _DU_GUICHET else None
    _verifier_instant(accuse.recu_le, sien)
    recu, nouveau = AccuseRecu.objects.get_or_create(
        guichet=guichet,
        message=message,
        defaults={
            "corps": corps, "cle": accuse.cle, "acheminement": sien, "resultat": resultat,
            "reference": accuse.reference, "declare_le": accuse.recu_le,
        },
    )  # fmt: skip
    if recu.corps != corps:
        raise MessageDifferent
    if nouveau and resultat == AccuseRecu.Resultat.PRIS:
        accuser_reception(cle=accuse.cle, voie=Acheminement.Voie.SYSTEME)
    if nouveau and sien is None:
        journal.warning("Accusé d’une clé inconnue, guichet %s : %s", guichet.code, accuse.cle)
    return recu


def _verifier_instant(recu_le: datetime, acheminement: Acheminement | None) -> None:
    """Neither to come, nor before there was anything to hand over. Of what is not theirs, a desk
    learns nothing, not even when it was written.
    """
    if recu_le > timezone.now() + DECALAGE:
        raise InstantImpossible(
            "cet instant n’est pas encore passé : vérifiez l’horloge de votre système"
        )
    if acheminement is not None and recu_le < acheminement.cree_le - DECALAGE:
        depuis = acheminement.cree_le.astimezone(UTC).isoformat(timespec="seconds")
        raise InstantImpossible(
            f"cette demande n’est remise à votre système que depuis {depuis} : vérifiez son horloge"
        )


_DU_GUICHET = (
    AccuseRecu.Resultat.PRIS,
    AccuseRecu.Resultat.DEJA,
    AccuseRecu.Resultat.AUTRE_CONTENU,
)


def _acheminement(accuse: Accuse) -> Acheminement | None:
    """The handing over of this key. Its demande is locked first, as every act does: two messages
    about one demande take their turn.
    """
    Demande.objects.select_for_update(of=("self",)).filter(acheminements__cle=accuse.cle).first()
    return (
        Acheminement.objects.filter(cle=accuse.cle)
        .select_related(
            "guichet__organisme", "version_dossier", "demande__dossier", "demande__aide",
            "demande__version_aide", "demande__commune",
        )
        .first()
    )  # fmt: skip


def _resultat(
    guichet: Guichet, accuse: Accuse, acheminement: Acheminement | None
) -> AccuseRecu.Resultat:
    if acheminement is None:
        return AccuseRecu.Resultat.CLE_INCONNUE
    # Not by its channel, which may have changed since: a system has keys from us alone.
    if acheminement.guichet_id != guichet.pk:
        return AccuseRecu.Resultat.AUTRE_GUICHET
    if acheminement.demande.dossier.efface_le is not None:
        return AccuseRecu.Resultat.DEJA  # over, and erased since: nothing to compare with
    if accuse.empreinte != empreinte(contenu_de(acheminement)):
        return AccuseRecu.Resultat.AUTRE_CONTENU
    if acheminement.accusee_le is not None:
        return AccuseRecu.Resultat.DEJA
    return AccuseRecu.Resultat.PRIS
