"""The link of an e-mail to a desk: who holds it may say that the demande arrived, no account."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from dossiers.acheminement.models import Acheminement

#: Longer than the two months after which silence means rejection: the page still explains.
DUREE = timedelta(days=90)
_SEL = "acheminement.accuse"


class LienRefuse(Exception):
    """The link proves nothing."""


class LienExpire(LienRefuse):
    """It did once."""


def adresse_accuse(acheminement: Acheminement) -> str:
    """The public address of the page on which the desk acknowledges this handing over."""
    jeton = signing.dumps(acheminement.cle.hex, salt=_SEL)
    return urljoin(settings.ADRESSE_PUBLIQUE, reverse("accuses:accuser", args=[jeton]))


def acheminement_du_lien(jeton: str) -> Acheminement:
    """The handing over whose link it is. Raises LienExpire, LienRefuse."""
    try:
        cle = signing.loads(jeton, salt=_SEL, max_age=DUREE)
    except signing.SignatureExpired as erreur:
        raise LienExpire from erreur
    except signing.BadSignature as erreur:
        raise LienRefuse from erreur
    connu = (
        Acheminement.objects.select_related(
            "guichet__organisme", "demande__dossier", "demande__version_aide", "demande__guichet"
        )
        .filter(cle=UUID(cle))
        .first()
    )
    if connu is None:
        raise LienRefuse
    return connu
