"""What a receipt says, how it is signed and verified: JWS (RFC 7515) with ES256, no database.

`docs/recus.md` describes the format for those who verify with a library of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from jwt.algorithms import ECAlgorithm

from portal.socle.verification import Ancre

ALGORITHME = "ES256"
#: Explicit type (RFC 8725, 3.11): no other token that we may sign one day passes for a receipt.
TYPE = "recu+jwt"
VERSION = 1
#: A deposit under way when the key changes ends with the one it had.
MARGE = timedelta(minutes=10)
#: How far clocks may differ.
HORLOGE = timedelta(minutes=5)


class RecuInvalide(Exception):
    """This is no receipt of ours; the message is French, for the person who brought it."""


class CleInvalide(Exception):
    """This is no public key to verify receipts with; the message is French."""


@dataclass(frozen=True, slots=True)
class Demandee:
    """One demande of the deposit, the code of its aide in the catalogue, and the name that this
    aide had then; receipts of before have no name.
    """

    numero: str
    aide: str
    titre: str = ""

    def __str__(self) -> str:
        """ "Prime fictive (fictive-ateliers)", or the code alone."""
        return f"{self.titre} ({self.aide})" if self.titre else self.aide


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a receipt says. Neither a person nor a company: hashes and numbers only."""

    #: Address of the portal that issued it.
    emetteur: str
    #: To the second.
    emis_le: datetime
    #: Number of the dossier, "DU-2026-000012", and of its version.
    dossier: str
    version: int
    #: SHA-256 of the canonical JSON of what was deposited.
    empreinte: str
    deposee_le: datetime
    demandes: tuple[Demandee, ...]
    #: The line of the journal that tells the deposit.
    journal: Ancre


@dataclass(frozen=True, slots=True)
class ClePublique:
    """A key that verifies; after `retiree_le` it no longer signed."""

    kid: str
    cle: EllipticCurvePublicKey
    retiree_le: datetime | None = None


Cles = Mapping[str, ClePublique]


def signer(attestation: Attestation, kid: str, privee: EllipticCurvePrivateKey) -> str:
    """The receipt, compact: header, what it says and signature, separated by points."""
    dit = {
        "iss": attestation.emetteur,
        "iat": int(attestation.emis_le.timestamp()),
        "recu": VERSION,
        "dossier": attestation.dossier,
        "version": attestation.version,
        "empreinte": attestation.empreinte,
        "deposee_le": attestation.deposee_le.isoformat(),
        "demandes": [asdict(demande) for demande in attestation.demandes],
        "journal": attestation.journal._asdict(),
    }
    return jwt.encode(dit, privee, algorithm=ALGORITHME, headers={"kid": kid, "typ": TYPE})


def verifier(jws: str, cles: Cles) -> tuple[Attestation, ClePublique]:
    """What a receipt says, and the key that signed it. Raises RecuInvalide.

    The header chooses among the keys given and nothing else: the algorithm is ours.
    """
    try:
        entete = jwt.get_unverified_header(jws)
    except jwt.InvalidTokenError as illisible:
        raise RecuInvalide("Ce n’est pas un reçu, ou il est abîmé.") from illisible
    if entete.get("alg") != ALGORITHME:
        raise RecuInvalide(
            f"Il annonce l’algorithme « {str(entete.get('alg'))[:20]} » : nos reçus sont signés "
            f"en {ALGORITHME}."
        )
    if entete.get("typ") != TYPE:
        raise RecuInvalide("Ce texte est signé, mais ce n’est pas un reçu de dépôt.")
    cle = cles.get(str(entete.get("kid")))
    if cle is None:
        raise RecuInvalide(
            f"Il nomme la clé « {str(entete.get('kid'))[:43]} », qui n’est pas parmi celles du "
            "portail."
        )
    attestation = _lire(_dit(jws, cle))
    if cle.retiree_le is not None and attestation.emis_le > cle.retiree_le + MARGE:
        raise RecuInvalide("Il est daté d’après le retrait de la clé qui le signe.")
    return attestation, cle


def _dit(jws: str, cle: ClePublique) -> dict[str, Any]:
    try:
        return jwt.decode(
            jws,
            cle.cle,
            algorithms=[ALGORITHME],
            leeway=HORLOGE,
            options={"require": ["iss", "iat"]},
        )
    except jwt.InvalidSignatureError as fausse:
        raise RecuInvalide(
            "Sa signature est fausse : il a été modifié, ou n’a pas été émis par le portail."
        ) from fausse
    except jwt.ImmatureSignatureError as future:
        raise RecuInvalide("Il est daté du futur.") from future
    except jwt.InvalidTokenError as autre:
        raise RecuInvalide("Il est signé, mais ne dit pas ce que dit un reçu.") from autre


def _lire(dit: Mapping[str, Any]) -> Attestation:
    try:
        if dit["recu"] != VERSION:
            raise RecuInvalide(f"C’est un reçu d’un autre format ({str(dit['recu'])[:10]}).")
        return Attestation(
            emetteur=str(dit["iss"]),
            emis_le=datetime.fromtimestamp(dit["iat"], UTC),
            dossier=str(dit["dossier"]),
            version=int(dit["version"]),
            empreinte=str(dit["empreinte"]),
            deposee_le=datetime.fromisoformat(dit["deposee_le"]).astimezone(UTC),
            demandes=tuple(
                Demandee(str(d["numero"]), str(d["aide"]), str(d.get("titre", "")))
                for d in dit["demandes"]
            ),
            journal=Ancre(
                chaine=str(dit["journal"]["chaine"]),
                rang=int(dit["journal"]["rang"]),
                empreinte=str(dit["journal"]["empreinte"]),
            ),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as manque:
        raise RecuInvalide("Il est signé, mais ne dit pas ce que dit un reçu.") from manque


def cles_publiques(jwks: object) -> Cles:
    """The keys of a JSON Web Key Set (RFC 7517), by name. Raises CleInvalide.

    Keys of another kind are left aside: a set may hold some.
    """
    if not isinstance(jwks, Mapping) or not isinstance(jwks.get("keys"), list):
        raise CleInvalide("Ce n’est pas un jeu de clés : il y manque la liste « keys ».")
    lues = [_cle(jwk) for jwk in jwks["keys"] if _est_pour_les_recus(jwk)]
    if not lues:
        raise CleInvalide("Ce jeu de clés n’en a aucune pour les reçus (courbe P-256).")
    return {cle.kid: cle for cle in lues}


def _est_pour_les_recus(jwk: object) -> bool:
    return isinstance(jwk, Mapping) and (jwk.get("kty"), jwk.get("crv")) == ("EC", "P-256")


def _cle(jwk: Mapping[str, Any]) -> ClePublique:
    kid = str(jwk.get("kid", ""))
    try:
        cle = ECAlgorithm.from_jwk({nom: jwk.get(nom) for nom in ("kty", "crv", "x", "y")})
        retiree = jwk.get("retiree_le")
        retiree_le = None if retiree is None else datetime.fromisoformat(retiree).astimezone(UTC)
    except (jwt.InvalidKeyError, ValueError, TypeError) as fausse:
        raise CleInvalide(f"La clé « {kid[:43]} » de ce jeu est illisible.") from fausse
    if not isinstance(cle, EllipticCurvePublicKey):
        raise CleInvalide(f"La clé « {kid[:43]} » de ce jeu est illisible.")
    return ClePublique(kid, cle, retiree_le)


def cles_de(jwks: Iterable[Mapping[str, Any]]) -> Cles:
    """The keys of ours, by name; none when nothing was ever signed."""
    return {cle.kid: cle for cle in map(_cle, jwks)}
