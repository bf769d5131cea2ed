"""The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), and its refusals."""

from __future__ import annotations

import hashlib
import json
import re
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request

from portal.socle.problemes import ProblemeNomme

ENTETE = "Idempotency-Key"
REJOUEE = "Idempotency-Replayed"
#: A string of RFC 9651, between quotes; or the same bare, as most clients send it.
_CITEE = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"')
_NUE = re.compile(r"[A-Za-z0-9._~:/+=-]+")
LONGUEUR_MAXIMUM = 255


class CleAbsente(ProblemeNomme):
    status_code = HTTPStatus.BAD_REQUEST
    nom = "cle-idempotence"
    default_detail = (
        f"L’en-tête {ENTETE} manque, ou est mal écrit. Donnez à chaque dépôt une clé que vous "
        "tirez, par exemple un UUID entre guillemets, de 255 caractères au plus, et renvoyez la "
        "même si vous recommencez : le dossier ne sera déposé qu’une fois."
    )


class DejaServie(ProblemeNomme):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    nom = "cle-reutilisee"
    default_detail = (
        f"Cette {ENTETE} a déjà servi à déposer un autre contenu. Tirez une nouvelle clé pour un "
        "nouveau dépôt."
    )


class EnCours(ProblemeNomme):
    status_code = HTTPStatus.CONFLICT
    nom = "depot-en-cours"
    default_detail = (
        f"Un dépôt de même {ENTETE} est en cours. Recommencez dans quelques secondes, avec la "
        "même clé : vous aurez sa réponse."
    )
    #: Seconds, for the header Retry-After.
    wait = 2


def cle_de(request: Request) -> str:
    """The key of a request. Raises CleAbsente."""
    brute = request.headers.get(ENTETE, "").strip()
    if citee := _CITEE.fullmatch(brute):
        cle = re.sub(r"\\(.)", r"\1", citee[1])
    else:
        cle = brute if _NUE.fullmatch(brute) else ""
    if not 0 < len(cle) <= LONGUEUR_MAXIMUM:
        raise CleAbsente
    return cle


def empreinte_de(document: Any) -> str:
    """SHA-256 of a JSON document, whatever the order of its keys and its blanks."""
    canonique = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()
