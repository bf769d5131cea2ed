"""Channels are plug-ins: one function each, registered under the code of the desk's channel.

A channel hands over or raises. It must bear to be called twice with the same key: a crash
between the call and the writing of its result calls it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from dossiers.acheminement.models import Acheminement
from territoires.organismes.models import Canal


@dataclass(frozen=True, slots=True)
class Remise:
    """Handed over; `accusee` when the recipient's answer proves that it has the demande."""

    accusee: bool = False


class EchecPassager(Exception):
    """Not handed over, and may be later; the message is French, for operators, and says why.

    `attendre`: how long the recipient asks to be left alone, at least.
    """

    def __init__(self, message: str, attendre: timedelta = timedelta(0)) -> None:
        super().__init__(message)
        self.attendre = attendre


class EchecDefinitif(Exception):
    """Refused: trying again changes nothing before somebody repairs. The message is French, for
    operators, and says what to do.
    """


Remettre = Callable[[Acheminement], Remise]
CANAUX: dict[str, Remettre] = {}


def canal(code: Canal) -> Callable[[Remettre], Remettre]:
    """Register the function that hands over by this channel."""

    def inscrire(remettre: Remettre) -> Remettre:
        CANAUX[code] = remettre
        return remettre

    return inscrire


def canal_de(acheminement: Acheminement) -> Remettre:
    """The channel of a handing over. Raises EchecDefinitif for one that nobody registered."""
    try:
        return CANAUX[acheminement.canal]
    except KeyError:
        raise EchecDefinitif(
            f"Le canal « {acheminement.canal} » n’existe pas sur ce portail : choisissez-en un "
            "autre pour ce guichet."
        ) from None
