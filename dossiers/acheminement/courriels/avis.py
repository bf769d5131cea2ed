"""Delivery status notifications (RFC 3464): what became of an e-mail that came back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from email.message import Message
from email.utils import parsedate_to_datetime

#: Bytes. Our e-mails are a page of text: no honest notification about one is longer.
MAXIMUM = 1_000_000
#: What names an e-mail of ours, in its Message-ID and where it comes back.
_CLE = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_IDENTIFIANT = rf"(?:relance-[1-3]-)?{_CLE}|notification-[0-9]{{1,18}}"
#: Where mail servers write to whom a notification came, by our envelope sender.
_ARRIVEES = ("Delivered-To", "X-Original-To", "To", "Return-Path")


class AvisIllisible(Exception):
    """Nothing can be read for sure in these bytes; the message is French, for operators."""


@dataclass(frozen=True, slots=True)
class Avis:
    """What a notification says of one e-mail of ours.

    `identifiant` is what `dossiers.notifications.composer` named it; empty when it is none of
    ours. `definitif`: it will never arrive; else it is late. `statut` is like "5.1.1", or empty.
    `destinataire` is the address, in lower case, that failed; `le` when the notification was
    written, by the clock of its writer.
    """

    identifiant: str
    definitif: bool
    statut: str
    destinataire: str
    le: datetime | None


def lire(brut: bytes) -> Avis | None:
    """The notification in these bytes; None for any other message. Raises AvisIllisible."""
    if len(brut) > MAXIMUM:
        raise AvisIllisible(f"Message de plus de {MAXIMUM // 1_000_000} Mo : il n’est pas lu.")
    try:
        return _lire(message_from_bytes(brut, policy=policy.default))
    except AvisIllisible:
        raise
    except Exception as erreur:  # the parser promises nothing about what is malformed
        raise AvisIllisible(f"Message malformé ({type(erreur).__name__}).") from erreur


def _lire(message: Message) -> Avis | None:
    if message.get_content_type() != "multipart/report":
        return None
    tronque = CloseBoundaryNotFoundDefect | StartBoundaryNotFoundDefect
    if any(isinstance(defaut, tronque) for defaut in message.defects):
        raise AvisIllisible("Message tronqué : sa fin manque.")
    par_destinataire = [champs for champs in _statuts(message) if champs["Action"]]
    en_echec = [c for c in par_destinataire if _mot(c, "Action") == "failed"]
    en_retard = [c for c in par_destinataire if _mot(c, "Action") == "delayed"]
    if not en_echec and not en_retard:
        return None  # delivered, relayed, expanded: nothing came back
    champs = (en_echec or en_retard)[0]
    statut = re.match(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", _mot(champs, "Status"))
    return Avis(
        identifiant=_identifiant(message),
        definitif=bool(en_echec),
        statut=statut[0] if statut else "",
        destinataire=_mot(champs, "Final-Recipient").partition(";")[2].strip(),
        le=_date(message),
    )


def _mot(champs: Message, nom: str) -> str:
    return str(champs[nom] or "").strip().lower()


def _statuts(message: Message) -> Iterator[Message]:
    """The groups of fields of the notification: the message's, then one per recipient."""
    for partie in message.walk():
        if partie.get_content_type() == "message/delivery-status":
            groupes = partie.get_payload()
            yield from (g for g in groupes if isinstance(g, Message))


def _identifiant(message: Message) -> str:
    """By the Message-ID of what came back, else by the address to which it came back."""
    for original in _originaux(message):
        connu = re.fullmatch(rf"<({_IDENTIFIANT})@[^<>@]*>", _mot(original, "Message-ID"))
        if connu:
            return connu[1]
    for entete in _ARRIVEES:
        for valeur in message.get_all(entete, []):
            connu = re.search(rf"({_IDENTIFIANT})@", str(valeur).lower())
            if connu:
                return connu[1]
    return ""


def _originaux(message: Message) -> Iterator[Message]:
    """The headers of what came back: the third part, whole or headers alone."""
    for partie in message.walk():
        if partie.get_content_type() == "message/rfc822":
            yield from (p for p in partie.get_payload() if isinstance(p, Message))
        elif partie.get_content_type() == "text/rfc822-headers":
            corps = partie.get_payload(decode=True)
            if isinstance(corps, bytes):
                yield message_from_bytes(corps, policy=policy.default)


def _date(message: Message) -> datetime | None:
    try:
        lue = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return lue if lue.tzinfo else lue.replace(tzinfo=UTC)
