"""A company with a draft, and the files that tests leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from dossiers.models import Demande, Dossier
from portal.comptes.models import User
from tests.fabriques import (
    DemandeFabrique,
    DossierFabrique,
    MembreFabrique,
    UserFabrique,
    il_y_a,
)


@pytest.fixture(autouse=True)
def stockage(tmp_path, settings):
    """A storage of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "pieces"
    return tmp_path / "pieces"


def fichiers_stockes() -> list[Path]:
    """Every file of the storage."""
    racine = Path(default_storage.location)
    return sorted(chemin for chemin in racine.rglob("*") if chemin.is_file())


@pytest.fixture
def gerante(db: None) -> User:
    user: User = UserFabrique(email="gerante@exemple.invalid", nom_complet="Gérante fictive")
    return user


@pytest.fixture
def dossier(gerante: User) -> Dossier:
    """A draft of hers."""
    brouillon: Dossier = DossierFabrique()
    MembreFabrique(user=gerante, entreprise=brouillon.entreprise)
    return brouillon


@pytest.fixture
def demande(gerante: User) -> Demande:
    """A demande of hers filed three days ago, under review at a desk."""
    deposee: Demande = DemandeFabrique(en_instruction=True, deposee_le=il_y_a(days=3))
    deposee.dossier.depose_le = deposee.deposee_le
    deposee.dossier.save()
    MembreFabrique(user=gerante, entreprise=deposee.dossier.entreprise)
    return deposee
