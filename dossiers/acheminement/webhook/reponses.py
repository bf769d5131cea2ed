"""What an answer of a desk's system means: handed over, to be tried again, or to be repaired."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from http import HTTPStatus

from dossiers.acheminement.webhook.client import Reponse

ATTENTE_MAXIMUM = timedelta(days=1)


class Sens(Enum):
    """PASSAGER: trying again may be enough. DEFINITIF: somebody must repair first."""

    RECUE = "recue"
    PASSAGER = "passager"
    DEFINITIF = "definitif"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`motif` is French, for operators: what happened, and what to do. Empty when received."""

    sens: Sens
    motif: str = ""


_REPARER = {
    HTTPStatus.BAD_REQUEST: "il ne comprend pas le message. Ses journaux disent pourquoi : "
    "comparez-les au format documenté (docs/schemas/demande-1.json).",
    HTTPStatus.UNAUTHORIZED: "il n’accepte pas la signature. Vérifiez que le secret est le même "
    "des deux côtés, et que son horloge est à l’heure.",
    HTTPStatus.FORBIDDEN: "il interdit l’accès. Vérifiez le secret, et que son pare-feu laisse "
    "passer le portail.",
    HTTPStatus.NOT_FOUND: "il n’y a rien à cette adresse. Vérifiez l’adresse de la connexion.",
    HTTPStatus.METHOD_NOT_ALLOWED: "cette adresse n’accepte pas POST. Vérifiez-la.",
    HTTPStatus.GONE: "cette adresse est fermée. Demandez au guichet la nouvelle.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "il refuse un message de cette taille. Le guichet doit "
    "accepter des messages d’un mégaoctet.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "il n’accepte pas le JSON. Vérifiez l’adresse.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "il refuse ce que contient le message. Ses journaux disent "
    "pourquoi : comparez-les au format documenté (docs/schemas/demande-1.json).",
}
_ATTENDRE = {
    HTTPStatus.REQUEST_TIMEOUT: "il n’a pas reçu le message à temps",
    HTTPStatus.CONFLICT: "il traite encore une tentative précédente",
    HTTPStatus.TOO_EARLY: "il n’est pas encore prêt",
    HTTPStatus.TOO_MANY_REQUESTS: "il reçoit trop de messages à la fois",
}
#: Answers to a GET by a system that does not know the case, or cannot be asked.
_SANS_REPONSE = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}
)


def juger(reponse: Reponse) -> Verdict:
    """What the status of an answer means."""
    statut = reponse.statut
    if 200 <= statut < 300:
        return Verdict(Sens.RECUE)
    if 300 <= statut < 400:
        return _a_reparer(
            statut,
            "il renvoie vers une autre adresse. Le portail ne suit pas les redirections : donnez "
            "l’adresse finale dans la connexion.",
        )
    if statut in _ATTENDRE:
        return _a_reessayer(statut, _ATTENDRE[HTTPStatus(statut)])
    if 400 <= statut < 500:
        motif = _REPARER.get(HTTPStatus(statut)) if statut in set(HTTPStatus) else None
        return _a_reparer(statut, motif or "il refuse le message. Ses journaux disent pourquoi.")
    return _a_reessayer(statut, "il est en panne")


def _a_reparer(statut: int, motif: str) -> Verdict:
    return Verdict(Sens.DEFINITIF, f"Le système du guichet a répondu {statut} : {motif}")


def _a_reessayer(statut: int, motif: str) -> Verdict:
    return Verdict(
        Sens.PASSAGER,
        f"Le système du guichet a répondu {statut} : {motif}. Un nouvel essai suivra.",
    )


def attente(reponse: Reponse) -> timedelta:
    """How long the answer asks to wait (Retry-After, in seconds), a day at most."""
    texte = reponse.reessayer_apres.strip()
    if not texte.isascii() or not texte.isdecimal() or len(texte) > 9:
        return timedelta(0)  # absent, or a date: our own delays are long enough
    return min(timedelta(seconds=int(texte)), ATTENTE_MAXIMUM)


def ne_sait_pas(reponse: Reponse) -> bool:
    """Whether an answer to GET says that the case is not there, or that nobody can say."""
    return reponse.statut in _SANS_REPONSE


def empreinte_recue(reponse: Reponse) -> str:
    """The hash that the answer says it received; empty when it says none."""
    if reponse.tronque:
        return ""
    try:
        corps = json.loads(reponse.corps)
    except (ValueError, RecursionError):
        return ""
    recue = corps.get("empreinte") if isinstance(corps, dict) else None
    return recue.lower() if isinstance(recue, str) else ""
