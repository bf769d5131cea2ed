"""A real deposit, its receipt, and keys of our own to forge others with."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command

from dossiers.acheminement.actes import acheminer
from dossiers.depot import actes
from dossiers.documents.actes import produire_dus
from dossiers.models import Document, VersionDossier
from dossiers.recus.controle import jeu_de_cles
from dossiers.recus.models import Recu
from tests.dossiers.depot.conftest import (  # noqa: F401 - fixtures
    catalogue,
    commune,
    entreprise,
    gerante,
    navigatrice,
    rempli,
)


@pytest.fixture
def version(rempli, catalogue, gerante) -> VersionDossier:  # noqa: F811
    """Deposited by the act of the form, two aides chosen."""
    return actes.deposer(dossier=rempli, codes=["eligible", "sous-reserve"], par=gerante)


@pytest.fixture
def recu(version) -> Recu:
    mien: Recu = version.recu
    return mien


@pytest.fixture
def accuse(recu) -> bytes:
    """The PDF of an acknowledgement of this deposit."""
    acheminer(version_dossier_id=recu.version_id)
    assert produire_dus()
    document = Document.objects.filter(demande__aide__code="eligible").get()
    with document.fichier.open("rb") as fichier:
        octets: bytes = fichier.read()
    return octets


@pytest.fixture
def jwks(recu, tmp_path):
    """The public key set, as somebody else keeps it."""
    fichier = tmp_path / "jwks.json"
    fichier.write_text(json.dumps(jeu_de_cles()), encoding="utf-8")
    return fichier


def dit(jws: str) -> dict[str, Any]:
    """What a receipt says, unverified."""
    contenu: dict[str, Any] = jwt.decode(jws, options={"verify_signature": False})
    return contenu


def forger(jws: str, *, cle: Any = None, entete: dict[str, Any] | None = None, **change) -> str:
    """The same receipt, changed, signed by a key of ours under the same name."""
    avant = jwt.get_unverified_header(jws)
    return jwt.encode(
        dit(jws) | change,
        cle or ec.generate_private_key(ec.SECP256R1()),
        algorithm="ES256",
        headers={nom: avant[nom] for nom in ("kid", "typ")} | (entete or {}),
    )


def commande(nom: str, *arguments: Any, **options: Any) -> tuple[int, str]:
    """Status and output of a command."""
    sortie = StringIO()
    try:
        call_command(nom, *map(str, arguments), stdout=sortie, **options)
    except CommandError as erreur:
        return erreur.returncode, f"{sortie.getvalue()}{erreur}"
    return 0, sortie.getvalue()
