"""The exchange format of the catalogue (docs/echange.md): reading it, writing it."""

from aides.echange.documents import (
    document_de,
    ecrire_catalogue,
    empreinte_de,
    porteurs_de,
    version_de,
)
from aides.echange.lecture import (
    AideLue,
    codes_de,
    fautes_de_forme,
    lire_aide,
    lire_catalogue,
)

__all__ = [
    "AideLue",
    "codes_de",
    "document_de",
    "ecrire_catalogue",
    "empreinte_de",
    "fautes_de_forme",
    "lire_aide",
    "lire_catalogue",
    "porteurs_de",
    "version_de",
]
