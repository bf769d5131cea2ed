"""Signing a receipt, changing the key: every write of this room."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from jwt.algorithms import ECAlgorithm

from dossiers.models import VersionDossier
from dossiers.recus import coffre
from dossiers.recus.format import Attestation, Demandee, signer
from dossiers.recus.models import CleSignature, Recu
from portal.socle.journal import consigner
from portal.socle.json_canonique import canonique
from portal.socle.models import Evenement
from portal.socle.verification import Ancre

journal = logging.getLogger(__name__)

#: Number of the advisory lock under which keys change: whoever makes the first one is alone.
VERROU = 0x7265_6375


@transaction.atomic(savepoint=False)
def emettre(
    *, version: VersionDossier, demandees: Iterable[Demandee], inscription: Evenement
) -> Recu:
    """Sign the receipt of a deposit, in the transaction that makes it.

    `inscription` is the line of the journal that tells the deposit, the last one written: the
    receipt names it, so that no later rewriting of the journal goes unseen.
    """
    emis_le = timezone.now()
    cle, privee = _cle_qui_signe()
    attestation = Attestation(
        emetteur=settings.ADRESSE_PUBLIQUE,
        emis_le=emis_le,
        dossier=version.dossier.numero,
        version=version.numero,
        empreinte=version.empreinte,
        deposee_le=version.deposee_le,
        demandes=tuple(demandees),
        journal=Ancre(inscription.chaine, inscription.rang, inscription.empreinte),
    )
    return Recu.objects.create(version=version, cle=cle, jws=signer(attestation, cle.kid, privee))


@transaction.atomic
def changer_cle() -> CleSignature:
    """Retire the key that signs and make the next one, which is returned.

    The receipts signed so far stay valid: the public half is still published.
    """
    _verrouiller_les_cles()
    for ancienne in CleSignature.objects.select_for_update().filter(retiree_le__isnull=True):
        ancienne.retiree_le, ancienne.privee = timezone.now(), ""
        ancienne.save(update_fields=["retiree_le", "privee"])
        consigner(verbe="retirer_cle_signature", objet=ancienne, kid=ancienne.kid)
    return _creer_cle()


def _cle_qui_signe() -> tuple[CleSignature, EllipticCurvePrivateKey]:
    """The key that signs, made if there is none; one that cannot be opened is changed.

    A deposit never fails for a secret that was lost.
    """
    actuelles = CleSignature.objects.filter(retiree_le__isnull=True)
    cle = actuelles.first()
    if cle is None:
        _verrouiller_les_cles()
        # Somebody else's, committed while we waited?
        cle = actuelles.first() or _creer_cle()
    try:
        return cle, coffre.dechiffrer(cle.privee)
    except coffre.SecretIllisible:
        journal.exception("Clé de signature %s : changée, car indéchiffrable", cle.kid)
        cle = changer_cle()
        return cle, coffre.dechiffrer(cle.privee)


def _creer_cle() -> CleSignature:
    privee = ec.generate_private_key(ec.SECP256R1())
    publique = ECAlgorithm.to_jwk(privee.public_key(), as_dict=True)
    cle = CleSignature.objects.create(
        kid=_nom(publique), publique=publique, privee=coffre.chiffrer(privee)
    )
    consigner(verbe="creer_cle_signature", objet=cle, kid=cle.kid)
    return cle


def _nom(publique: dict[str, str]) -> str:
    """The thumbprint of a public key (RFC 7638)."""
    condense = hashlib.sha256(canonique(publique)).digest()
    return base64.urlsafe_b64encode(condense).rstrip(b"=").decode()


def _verrouiller_les_cles() -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])
